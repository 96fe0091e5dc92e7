package dev.payledger.bench.jpa;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.Instant;
import java.util.UUID;
import org.springframework.data.domain.Persistable;

// Hibernate reads the fields.
@SuppressWarnings("UnusedVariable")
@Entity
class PlainTransfer implements Persistable<UUID> {
  @Id private UUID id;
  private UUID debitAccountId;
  private UUID creditAccountId;
  private long amountMinor;
  private Instant createdAt;

  protected PlainTransfer() {}

  PlainTransfer(UUID id, UUID debit, UUID credit, long amountMinor, Instant createdAt) {
    this.id = id;
    this.debitAccountId = debit;
    this.creditAccountId = credit;
    this.amountMinor = amountMinor;
    this.createdAt = createdAt;
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
