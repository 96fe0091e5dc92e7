package dev.payledger.ledger.saga;

import dev.payledger.kit.trace.Traceparent;
import dev.payledger.ledger.journal.DatabaseClock;
import dev.payledger.ledger.money.Leg;
import dev.payledger.ledger.money.Money;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// Finds sagas that are to be taken up again, and their transfers.
@Repository
class SagaTransfers {
  /// In turns: the first of each initiator, then the second. So a backlog of one, however long, hides
  /// nobody else's; it is read all the same, by the index on what is due.
  private static final String DUE =
      """
      SELECT s.transfer_id, t.initiator, t.traceparent
      FROM saga s JOIN transfer t ON t.id = s.transfer_id
      WHERE s.step <> 'DONE' AND s.due_at <= :now AND s.parked_at IS NULL
      ORDER BY row_number() OVER (PARTITION BY t.initiator ORDER BY s.due_at), s.due_at
      LIMIT :max
      """;

  private static final String FIND =
      """
      SELECT t.id, t.initiator, t.amount_minor, t.currency, t.by_operator, t.void_requested,
        t.expires_at <= :now AS is_expired, r.decision
      FROM transfer t LEFT JOIN review_decision r ON r.transfer_id = t.id WHERE t.id = :id
      """;

  private static final String LEGS =
      """
      SELECT debit_account_id, credit_account_id, amount_minor
      FROM leg WHERE transfer_id = :id ORDER BY leg
      """;

  private final JdbcClient sql;
  private final DatabaseClock clock;

  SagaTransfers(JdbcClient sql, DatabaseClock clock) {
    this.sql = sql;
    this.clock = clock;
  }

  /// A saga that nobody is working on, of a transfer of that initiator.
  ///
  /// @param trace of the request that began it
  record DueSaga(UUID transferId, String initiator, Traceparent trace) {}

  /// Nothing is locked: each is still to be claimed.
  List<DueSaga> due(int max) {
    return sql.sql(DUE)
        .param("now", clock.now(sql).atOffset(ZoneOffset.UTC))
        .param("max", max)
        .query(
            (row, n) ->
                new DueSaga(
                    row.getObject("transfer_id", UUID.class),
                    row.getString("initiator"),
                    Traceparent.of(row.getString("traceparent"))))
        .list();
  }

  /// What a transfer has moved, minor units; of one that is final this never changes. One that is not
  /// there has moved nothing: its release must not stop the others.
  long capturedMinor(UUID id) {
    return sql.sql("SELECT captured_minor FROM transfer WHERE id = :id")
        .param("id", id)
        .query(Long.class)
        .optional()
        .orElse(0L);
  }

  /// Of the request that began a transfer; a new one for a transfer that is not there.
  Traceparent trace(UUID id) {
    return Traceparent.of(
        sql.sql("SELECT traceparent FROM transfer WHERE id = :id")
            .param("id", id)
            .query(String.class)
            .optional()
            .orElse(null));
  }

  SagaTransfer find(UUID id) {
    List<Leg> legs =
        sql.sql(LEGS)
            .param("id", id)
            .query(
                (row, n) ->
                    new Leg(
                        row.getObject("debit_account_id", UUID.class),
                        row.getObject("credit_account_id", UUID.class),
                        row.getLong("amount_minor")))
            .list();
    return sql.sql(FIND)
        .param("id", id)
        .param("now", clock.now(sql).atOffset(ZoneOffset.UTC))
        .query(
            (row, n) ->
                new SagaTransfer(
                    row.getObject("id", UUID.class),
                    row.getString("initiator"),
                    legs,
                    new Money(row.getLong("amount_minor"), row.getString("currency")),
                    row.getBoolean("by_operator"),
                    row.getBoolean("void_requested"),
                    decision(row.getString("decision")),
                    row.getBoolean("is_expired")))
        .single();
  }

  private static @Nullable ReviewDecision decision(@Nullable String name) {
    return name == null ? null : ReviewDecision.valueOf(name);
  }
}
