package dev.payledger.fraud.assessment;

import java.time.Instant;
import java.util.UUID;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/// The counters behind the velocity rule. All moves are single-row conditional updates, so READ
/// COMMITTED is enough; the CHECK on the row is the second wall.
interface VelocityCounters extends Repository<VelocityCounter, VelocityCounter.Key> {
  /// Opens the window with its limit unless it is open already.
  @Modifying
  @Query(
      nativeQuery = true,
      value =
          """
          INSERT INTO velocity_counter (debit_account_id, currency, window_starts_at,
                                        limit_minor, reserved_minor)
          VALUES (:debitAccountId, :currency, :windowStartsAt, :limitMinor, 0)
          ON CONFLICT DO NOTHING
          """)
  int open(UUID debitAccountId, String currency, Instant windowStartsAt, long limitMinor);

  /// Reads the counter and keeps its row until the transaction ends, so that what the rule decides on
  /// is still true when the reservation is made.
  @Query(
      nativeQuery = true,
      value =
          """
          SELECT * FROM velocity_counter
           WHERE debit_account_id = :debitAccountId AND currency = :currency
             AND window_starts_at = :windowStartsAt
             FOR UPDATE
          """)
  VelocityCounter lock(UUID debitAccountId, String currency, Instant windowStartsAt);

  /// Adds to the counter unless that would pass its limit; 1 or 0.
  @Modifying
  @Query(
      nativeQuery = true,
      value =
          """
          UPDATE velocity_counter SET reserved_minor = reserved_minor + :amountMinor
           WHERE debit_account_id = :debitAccountId AND currency = :currency
             AND window_starts_at = :windowStartsAt
             AND reserved_minor + :amountMinor <= limit_minor
          """)
  int reserve(UUID debitAccountId, String currency, Instant windowStartsAt, long amountMinor);

  /// Takes from the counter what is on it; 1 or 0.
  @Modifying
  @Query(
      nativeQuery = true,
      value =
          """
          UPDATE velocity_counter SET reserved_minor = reserved_minor - :amountMinor
           WHERE debit_account_id = :debitAccountId AND currency = :currency
             AND window_starts_at = :windowStartsAt
             AND reserved_minor >= :amountMinor
          """)
  int giveBack(UUID debitAccountId, String currency, Instant windowStartsAt, long amountMinor);
}
