package dev.payledger.gateway.idempotency;

import dev.payledger.gateway.forward.UpstreamResponse;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PGInterval;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// Who may act on a key, decided by the database: each write is one statement in a transaction of
/// its own, and the row's lock arbitrates between all callers of all gateways.
///
/// Time is the database's, so that a gateway whose clock is wrong takes no claim that still runs and
/// deletes no key that still counts. It decides when a lease is over, never who wins: two gateways may both forward a command, and the ledger does it
/// once all the same, by its command id.
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
              'CLAIMED', :epoch, now() + :lease, now(), now() + :kept)
      ON CONFLICT (command_id) DO NOTHING
      """;

  // A row whose claim was given back keeps its fingerprint: the key stays bound to its first body.
  private static final String TAKE_OVER =
      """
      UPDATE idempotency_key
         SET state = 'CLAIMED',
             epoch = epoch + 1,
             lease_ends_at = now() + :lease,
             expires_at = now() + :kept
       WHERE command_id = :commandId
         AND fingerprint = :fingerprint
         AND (state = 'RELEASED'
              OR state = 'CLAIMED' AND lease_ends_at <= now())
      RETURNING epoch
      """;

  // The first final answer stands, whoever brings it: all of one command id are the ledger's and
  // equally true, and one that was stored may have been sent. The row may be gone by now.
  private static final String ANSWER =
      """
      INSERT INTO idempotency_key AS stored
             (command_id, principal, operation, idempotency_key, fingerprint, state, epoch,
              answer_status, answer_content_type, answer_location, answer_body, answered_at,
              created_at, expires_at)
      VALUES (:commandId, :principal, :operation, :key, :fingerprint, 'ANSWERED', :epoch,
              :status, :contentType, :location, :body, now(), now(), now() + :kept)
      ON CONFLICT (command_id) DO UPDATE
         SET state = excluded.state,
             lease_ends_at = NULL,
             answer_status = excluded.answer_status,
             answer_content_type = excluded.answer_content_type,
             answer_location = excluded.answer_location,
             answer_body = excluded.answer_body,
             answered_at = excluded.answered_at,
             expires_at = excluded.expires_at
       WHERE stored.state <> 'ANSWERED' AND stored.fingerprint = excluded.fingerprint
      """;

  private static final String RELEASE =
      """
      UPDATE idempotency_key
         SET state = 'RELEASED', lease_ends_at = NULL
       WHERE command_id = :commandId AND epoch = :epoch AND state = 'CLAIMED'
      """;

  private static final String ACCEPT =
      """
      UPDATE idempotency_key
         SET state = 'RELEASED',
             lease_ends_at = NULL,
             accepted_at = coalesce(accepted_at, now()),
             answer_location = :location
       WHERE command_id = :commandId AND epoch = :epoch AND state = 'CLAIMED'
      """;

  private static final String PURGE =
      """
      DELETE FROM idempotency_key
       WHERE command_id IN (SELECT command_id
                              FROM idempotency_key
                             WHERE expires_at <= now()
                             ORDER BY expires_at
                             LIMIT :limit
                               FOR UPDATE SKIP LOCKED)
      """;

  private final JdbcClient jdbc;
  private final KeyRows rows;
  private final PGInterval lease;
  private final PGInterval kept;

  IdempotencyKeys(JdbcClient jdbc, KeyRows rows, IdempotencyProperties properties) {
    this.jdbc = jdbc;
    this.rows = rows;
    this.lease = interval(properties.leaseDuration());
    this.kept = interval(properties.kept());
  }

  /// Takes the claim if it is there to take, and says how the key stands if not.
  ClaimResult claim(KeyedCommand command) {
    boolean isFirst =
        naming(command, CLAIM).param("epoch", FIRST_EPOCH).param("lease", lease).update() == 1;
    if (isFirst) {
      return new ClaimResult.Granted(FIRST_EPOCH);
    }
    ClaimResult claim = look(command);
    return claim instanceof ClaimResult.Available ? takeOver(command) : claim;
  }

  private ClaimResult takeOver(KeyedCommand command) {
    Optional<Long> epoch =
        jdbc.sql(TAKE_OVER)
            .param("commandId", command.commandId())
            .param("fingerprint", command.fingerprint().hex())
            .param("lease", lease)
            .param("kept", kept)
            .query(Long.class)
            .optional();
    return epoch.<ClaimResult>map(ClaimResult.Granted::new).orElseGet(() -> look(command));
  }

  /// How the key stands, without taking it.
  ClaimResult look(KeyedCommand command) {
    return rows.findById(command.commandId())
        .map(row -> row.claimOf(command.fingerprint()))
        .orElseGet(ClaimResult.Available::new);
  }

  /// Stores the final answer; false when there is one already, or the key was used for something else
  /// meanwhile. The claim need not be held any more.
  boolean answer(KeyedCommand command, UpstreamResponse answer) {
    return naming(command, ANSWER)
            .param("epoch", FIRST_EPOCH)
            .param("status", answer.status())
            .param("contentType", answer.contentType())
            .param("location", answer.location())
            .param("body", answer.body())
            .update()
        == 1;
  }

  /// Gives the claim back, so that a retry need not wait for the lease to end.
  void release(KeyedCommand command, long epoch) {
    jdbc.sql(RELEASE).param("commandId", command.commandId()).param("epoch", epoch).update();
  }

  /// Gives the claim back, and remembers that the command is accepted and its end not known yet.
  void accept(KeyedCommand command, long epoch, @Nullable String location) {
    jdbc.sql(ACCEPT)
        .param("commandId", command.commandId())
        .param("epoch", epoch)
        .param("location", location)
        .update();
  }

  /// Forgets at most `limit` keys whose time is over; returns how many.
  int purge(int limit) {
    return jdbc.sql(PURGE).param("limit", limit).update();
  }

  private JdbcClient.StatementSpec naming(KeyedCommand command, String statement) {
    return jdbc.sql(statement)
        .param("commandId", command.commandId())
        .param("principal", command.principal())
        .param("operation", command.operation())
        .param("key", command.key().value())
        .param("fingerprint", command.fingerprint().hex())
        .param("kept", kept);
  }

  private static PGInterval interval(Duration duration) {
    return new PGInterval(0, 0, 0, 0, 0, duration.toNanos() / 1e9);
  }
}
