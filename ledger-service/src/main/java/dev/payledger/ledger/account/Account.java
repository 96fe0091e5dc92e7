package dev.payledger.ledger.account;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// An account as the application sees it: name, status and limit are its to change, every money
/// column belongs to the journal. They are not updatable here and not granted to the application's role.
@Entity
@Table(name = "account")
public class Account {
  @Id private UUID id;

  @Column(updatable = false)
  private String owner;

  private String name;

  @Column(updatable = false)
  private String currency;

  @Enumerated(EnumType.STRING)
  @Column(updatable = false)
  private Kind kind;

  @Enumerated(EnumType.STRING)
  private Status status;

  private boolean frozenByOperator;

  private @Nullable Long floorMinor;

  @Column(insertable = false, updatable = false)
  private long creditsPostedMinor;

  @Column(insertable = false, updatable = false)
  private long debitsPostedMinor;

  @Column(insertable = false, updatable = false)
  private long creditsPendingMinor;

  @Column(insertable = false, updatable = false)
  private long debitsPendingMinor;

  /// Counts the journal's changes; not JPA's.
  @Column(name = "version", insertable = false, updatable = false)
  private long moneyVersion;

  @Version private long administered;

  protected Account() {}

  /// Whose account it is: a customer's, or the ledger's own.
  public enum Kind {
    CUSTOMER,
    SYSTEM
  }

  /// What an account still takes part in.
  public enum Status {
    OPEN,
    DEBITS_FROZEN,
    CREDITS_FROZEN,
    FROZEN,
    CLOSED;

    /// With one more side frozen.
    Status frozen(Side side) {
      boolean debits = this == DEBITS_FROZEN || this == FROZEN || side != Side.CREDITS;
      boolean credits = this == CREDITS_FROZEN || this == FROZEN || side != Side.DEBITS;
      return debits && credits ? FROZEN : debits ? DEBITS_FROZEN : CREDITS_FROZEN;
    }
  }

  /// What a freeze stops.
  public enum Side {
    DEBITS,
    CREDITS,
    BOTH
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

  Status status() {
    return status;
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
    return moneyVersion;
  }

  boolean isSystem() {
    return kind == Kind.SYSTEM;
  }

  /// Whether nothing is left on it and nothing is on its way, so that it may be closed.
  boolean isEmpty() {
    return balanceMinor() == 0 && debitsPendingMinor == 0 && creditsPendingMinor == 0;
  }

  boolean isFrozenByOperator() {
    return frozenByOperator;
  }

  void freeze(Side side, boolean byOperator) {
    status = status.frozen(side);
    frozenByOperator |= byOperator;
  }

  void open() {
    status = Status.OPEN;
    frozenByOperator = false;
  }

  void close() {
    status = Status.CLOSED;
    frozenByOperator = false;
  }

  /// @param limitMinor how far the available balance may be below zero, minor units
  void allowOverdraft(long limitMinor) {
    floorMinor = -limitMinor;
  }
}
