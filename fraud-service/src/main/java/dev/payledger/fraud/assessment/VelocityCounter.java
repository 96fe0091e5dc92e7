package dev.payledger.fraud.assessment;

import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.Immutable;

/// How much of a debit account's money has been approved in one fixed window. Read here only;
/// `VelocityCounters` moves it by conditional updates, so no stale object can write it back.
@Entity
@Immutable
@Table(name = "velocity_counter")
class VelocityCounter {
  @EmbeddedId private Key key;
  private long limitMinor;
  private long reservedMinor;

  protected VelocityCounter() {}

  Key key() {
    return key;
  }

  long limitMinor() {
    return limitMinor;
  }

  long reservedMinor() {
    return reservedMinor;
  }

  /// One window of one account. The currency is part of it so that minor units are never added to
  /// those of another currency, whatever a caller sends.
  @Embeddable
  record Key(
      @Column(name = "debit_account_id") UUID debitAccountId,
      @Column(name = "currency") String currency,
      @Column(name = "window_starts_at") Instant windowStartsAt) {

    /// The window that an instant falls in; windows are counted from 1970. A clock that jumps picks
    /// another window, and each window still keeps its own limit.
    static Key at(Instant now, Duration window, UUID debitAccountId, String currency) {
      long length = window.toSeconds();
      long start = Math.floorDiv(now.getEpochSecond(), length) * length;
      return new Key(debitAccountId, currency, Instant.ofEpochSecond(start));
    }
  }
}
