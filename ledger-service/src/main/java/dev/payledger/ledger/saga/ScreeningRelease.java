package dev.payledger.ledger.saga;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A release that fraud-service has still to be told. The journal creates it with the void.
@Entity
@Table(name = "screening_release")
@SuppressWarnings("UnusedVariable") // some columns are written here and read by queries only
class ScreeningRelease {
  @Id private UUID transferId;
  private int attempts;
  private Instant dueAt;
  private @Nullable Instant releasedAt;

  protected ScreeningRelease() {}

  UUID transferId() {
    return transferId;
  }

  int attempts() {
    return attempts;
  }

  void attemptedUntil(Instant nextAt) {
    this.attempts++;
    this.dueAt = nextAt;
  }

  void releasedAt(Instant instant) {
    this.releasedAt = instant;
  }
}
