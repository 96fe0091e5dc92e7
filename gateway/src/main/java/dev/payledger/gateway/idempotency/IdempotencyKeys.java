package dev.payledger.gateway.idempotency;

import dev.payledger.gateway.forward.Answer;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// Who may act on a key, decided by the database: each write is one statement in a transaction of
/// its own, and the row's lock arbitrates between all callers of all gateways.
///
/// The clock only decides when a lease is over, never who wins. Two gateways whose clocks differ may
/// both forward a command; the ledger does it once all the same, by its command id.
@Repository
class IdempotencyKeys {
  private static final long FIRST_EPOCH = 1;

  // Takes no lock on a row that is there: of a thousand duplicates none waits for another, nor does
  // the holder for them when it stores the answer.
  private static final String CLAIM =
      """
      INSERT INTO idempotency_key
             (command_id, principal, operation, idempotency_key, fingerprint,
              state, epoch, lease_ends_at, created_at, expires_at)
      VALUES (:commandId, :principal, :operation, :key, :fingerprint,
              'CLAIMED', :epoch, :leaseEndsAt, :now, :expiresAt)
      ON CONFLICT (command_id) DO NOTHING
      """;

  // A row whose claim was given back keeps its fingerprint: the key stays bound to its first body.
  private static final String TAKE_OVER =
      """
      UPDATE idempotency_key
         SET state = 'CLAIMED',
             epoch = epoch + 1,
             lease_ends_at = :leaseEndsAt,
             expires_at = :expiresAt
       WHERE command_id = :commandId
         AND fingerprint = :fingerprint
         AND (state = 'RELEASED'
              OR state = 'CLAIMED' AND lease_ends_at <= :now)
      RETURNING epoch
      """;

  private static final String ANSWER =
      """
      UPDATE idempotency_key
         SET state = 'ANSWERED',
             lease_ends_at = NULL,
             answer_status = :status,
             answer_content_type = :contentType,
             answer_location = :location,
             answer_body = :body,
             answered_at = :now,
             expires_at = :expiresAt
       WHERE command_id = :commandId AND epoch = :epoch AND state = 'CLAIMED'
      """;

  private static final String RELEASE =
      """
      UPDATE idempotency_key
         SET state = 'RELEASED', lease_ends_at = NULL
       WHERE command_id = :commandId AND epoch = :epoch AND state = 'CLAIMED'
      """;

  private static final String PURGE =
      """
      DELETE FROM idempotency_key
       WHERE command_id IN (SELECT command_id
                              FROM idempotency_key
                             WHERE expires_at <= :now
                             ORDER BY expires_at
                             LIMIT :limit
                               FOR UPDATE SKIP LOCKED)
      """;

  private final JdbcClient jdbc;
  private final KeyRows rows;
  private final IdempotencyProperties properties;
  private final Clock clock;

  IdempotencyKeys(JdbcClient jdbc, KeyRows rows, IdempotencyProperties properties, Clock clock) {
    this.jdbc = jdbc;
    this.rows = rows;
    this.properties = properties;
    this.clock = clock;
  }

  /// Takes the claim if it is there to take, and says how the key stands if not.
  Standing claim(KeyedCommand command) {
    Instant now = now();
    boolean isFirst =
        jdbc.sql(CLAIM)
                .param("commandId", command.commandId())
                .param("principal", command.principal())
                .param("operation", command.operation())
                .param("key", command.key().value())
                .param("fingerprint", command.fingerprint().hex())
                .param("epoch", FIRST_EPOCH)
                .param("leaseEndsAt", utc(now.plus(properties.leaseDuration())))
                .param("now", utc(now))
                .param("expiresAt", utc(now.plus(properties.kept())))
                .update()
            == 1;
    if (isFirst) {
      return new Standing.Granted(FIRST_EPOCH);
    }
    Standing standing = look(command);
    return standing instanceof Standing.Free ? takeOver(command, now) : standing;
  }

  private Standing takeOver(KeyedCommand command, Instant now) {
    Optional<Long> epoch =
        jdbc.sql(TAKE_OVER)
            .param("commandId", command.commandId())
            .param("fingerprint", command.fingerprint().hex())
            .param("leaseEndsAt", utc(now.plus(properties.leaseDuration())))
            .param("now", utc(now))
            .param("expiresAt", utc(now.plus(properties.kept())))
            .query(Long.class)
            .optional();
    return epoch.<Standing>map(Standing.Granted::new).orElseGet(() -> look(command));
  }

  /// How the key stands, without taking it.
  Standing look(KeyedCommand command) {
    return rows.findById(command.commandId())
        .map(row -> row.standingOf(command.fingerprint(), now()))
        .orElseGet(Standing.Free::new);
  }

  /// Stores the final answer; false when the claim has passed to somebody else meanwhile.
  boolean answer(KeyedCommand command, long epoch, Answer answer) {
    Instant now = now();
    return jdbc.sql(ANSWER)
            .param("status", answer.status())
            .param("contentType", answer.contentType())
            .param("location", answer.location())
            .param("body", answer.body())
            .param("now", utc(now))
            .param("expiresAt", utc(now.plus(properties.kept())))
            .param("commandId", command.commandId())
            .param("epoch", epoch)
            .update()
        == 1;
  }

  /// Gives the claim back, so that a retry need not wait for the lease to end.
  void release(KeyedCommand command, long epoch) {
    jdbc.sql(RELEASE).param("commandId", command.commandId()).param("epoch", epoch).update();
  }

  /// Forgets at most `limit` keys whose time is over; returns how many.
  int purge(int limit) {
    return jdbc.sql(PURGE).param("now", utc(now())).param("limit", limit).update();
  }

  /// In the database's microseconds: a lease that it has rounded up must not look as if it still ran.
  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
