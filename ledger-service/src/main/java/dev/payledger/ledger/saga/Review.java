package dev.payledger.ledger.saga;

import dev.payledger.kit.deadline.Deadline;
import dev.payledger.ledger.journal.DatabaseClock;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// Transfers that wait because fraud screening could not be asked, and what an operator does about
/// them. A decision is written down first and carried out by the saga, with this thread or, after a
/// crash, by a recovery.
@Component
public class Review {
  private static final String WAITING =
      """
      SELECT transfer_id, review_since, attempts, due_at FROM saga
      WHERE step = 'SCREEN' AND review_since IS NOT NULL
        AND (review_since, transfer_id) > (:since, :id)
      ORDER BY review_since, transfer_id LIMIT :limit
      """;

  private static final String COUNT =
      "SELECT count(*) FROM saga WHERE step = 'SCREEN' AND review_since IS NOT NULL";

  private static final String DECIDE =
      """
      INSERT INTO review_decision (transfer_id, decision, reason, decided_by, decided_at)
      SELECT id, :decision, :reason, :by, :at FROM transfer WHERE id = :transfer AND expires_at > :at
      ON CONFLICT (transfer_id) DO NOTHING
      """;

  private static final String DECIDED =
      "SELECT decision FROM review_decision WHERE transfer_id = :transfer";

  private final JdbcClient sql;
  private final TransactionTemplate transaction;
  private final SagaClaims claims;
  private final SagaTransfers transfers;
  private final TransferSaga saga;
  private final DatabaseClock clock;

  Review(
      JdbcClient sql,
      TransactionTemplate transaction,
      SagaClaims claims,
      SagaTransfers transfers,
      TransferSaga saga,
      DatabaseClock clock,
      MeterRegistry meters) {
    this.sql = sql;
    this.transaction = transaction;
    this.claims = claims;
    this.transfers = transfers;
    this.saga = saga;
    this.clock = clock;
    Gauge.builder("ledger.review.held", this, Review::heldCount)
        .description("Transfers that wait because fraud screening could not be asked")
        .register(meters);
  }

  /// @param attempts how often screening was tried again
  /// @param nextAttemptAt when it will be again
  public record Waiting(UUID transferId, Instant since, int attempts, Instant nextAttemptAt) {}

  /// What became of a word of an operator.
  public enum Outcome {
    TAKEN,
    /// It does not wait, or no longer.
    NOT_HELD,
    /// Another decision was taken before.
    DECIDED_OTHERWISE
  }

  /// Longest waiting first, after the given one.
  public List<Waiting> waiting(Instant since, UUID after, int limit) {
    return sql.sql(WAITING)
        .param("since", since.atOffset(ZoneOffset.UTC))
        .param("id", after)
        .param("limit", limit)
        .query(
            (row, n) ->
                new Waiting(
                    row.getObject("transfer_id", UUID.class),
                    row.getObject("review_since", OffsetDateTime.class).toInstant(),
                    row.getInt("attempts"),
                    row.getObject("due_at", OffsetDateTime.class).toInstant()))
        .list();
  }

  /// Asks fraud screening again, now, if the retry budget has room for it.
  public Outcome retry(UUID transferId, Deadline deadline) {
    return run(claims.claimReviewed(transferId), deadline);
  }

  /// Decides in the place of fraud screening. The same decision again is taken again, and does nothing
  /// more.
  public Outcome decide(
      UUID transferId, ReviewDecision decision, String reason, String by, Deadline deadline) {
    Optional<SagaLease> lease =
        transaction.execute(
            tx -> {
              Optional<SagaLease> claimed = claims.claimReviewed(transferId);
              if (claimed.isPresent()) {
                writeDown(transferId, decision, reason, by);
              }
              return claimed;
            });
    ReviewDecision stands = decided(transferId);
    if (stands != null && stands != decision) {
      lease.ifPresent(each -> claims.release(each, Duration.ZERO));
      return Outcome.DECIDED_OTHERWISE;
    }
    if (stands == decision && lease.isEmpty()) {
      return Outcome.TAKEN;
    }
    Outcome outcome = run(lease, deadline);
    // Its time was over before the decision: it expires.
    return stands == null ? Outcome.NOT_HELD : outcome;
  }

  /// The first decision stands. One that comes when the transfer's time is over is none.
  private void writeDown(UUID transferId, ReviewDecision decision, String reason, String by) {
    sql.sql(DECIDE)
        .param("transfer", transferId)
        .param("decision", decision.name())
        .param("reason", reason)
        .param("by", by)
        .param("at", clock.now(sql).atOffset(ZoneOffset.UTC))
        .update();
  }

  private Outcome run(Optional<SagaLease> lease, Deadline deadline) {
    lease.ifPresent(each -> saga.run(each, transfers.find(each.transferId()), deadline));
    return lease.isPresent() ? Outcome.TAKEN : Outcome.NOT_HELD;
  }

  private @Nullable ReviewDecision decided(UUID transferId) {
    return sql.sql(DECIDED)
        .param("transfer", transferId)
        .query(String.class)
        .optional()
        .map(ReviewDecision::valueOf)
        .orElse(null);
  }

  private long heldCount() {
    return sql.sql(COUNT).query(Long.class).single();
  }
}
