package dev.payledger.ledger.account;

import dev.payledger.ledger.command.Sides;
import dev.payledger.ledger.plan.AccountStatus;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.UUID;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/// An account as queries see it. It is the journal's to write, all of it; the application's role has
/// no grant on a column of it.
@Entity
@Immutable
@Table(name = "account")
public class Account {
  @Id private UUID id;
  private String owner;
  private String name;
  private String currency;

  @Enumerated(EnumType.STRING)
  private Kind kind;

  @Enumerated(EnumType.STRING)
  private AccountStatus status;

  @Enumerated(EnumType.STRING)
  private Sides frozenByOwner;

  @Enumerated(EnumType.STRING)
  private Sides frozenByOperator;

  private @Nullable Long floorMinor;
  private long creditsPostedMinor;
  private long debitsPostedMinor;
  private long debitsPendingMinor;
  private long version;

  protected Account() {}

  /// Whose account it is: a customer's, or the ledger's own.
  public enum Kind {
    CUSTOMER,
    SYSTEM
  }

  public UUID id() {
    return id;
  }

  public String owner() {
    return owner;
  }

  String name() {
    return name;
  }

  String currency() {
    return currency;
  }

  AccountStatus status() {
    return status;
  }

  Sides frozenByOwner() {
    return frozenByOwner;
  }

  Sides frozenByOperator() {
    return frozenByOperator;
  }

  @Nullable Long floorMinor() {
    return floorMinor;
  }

  long balanceMinor() {
    return creditsPostedMinor - debitsPostedMinor;
  }

  long availableMinor() {
    return balanceMinor() - debitsPendingMinor;
  }

  long heldMinor() {
    return debitsPendingMinor;
  }

  long version() {
    return version;
  }

  boolean isSystem() {
    return kind == Kind.SYSTEM;
  }
}
