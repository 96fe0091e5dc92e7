package dev.payledger.bench.jpa;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.util.UUID;
import org.springframework.data.domain.Persistable;

// Hibernate reads the fields.
@SuppressWarnings("UnusedVariable")
@Entity
class PlainLine implements Persistable<UUID> {
  @Id private UUID id;
  private UUID transferId;
  private UUID accountId;
  private long amountMinor;
  private long balanceAfterMinor;

  protected PlainLine() {}

  /// @param amountMinor below zero for a debit
  PlainLine(UUID id, UUID transferId, PlainAccount account, long amountMinor) {
    this.id = id;
    this.transferId = transferId;
    this.accountId = account.id();
    this.amountMinor = amountMinor;
    this.balanceAfterMinor = account.balanceMinor();
  }

  @Override
  public UUID getId() {
    return id;
  }

  /// Saved once, so that saving need not look first.
  @Override
  public boolean isNew() {
    return true;
  }
}
