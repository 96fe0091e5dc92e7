package dev.payledger.ledger.transfer;

import dev.payledger.ledger.transfer.TransferView.Step;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// What transfers have been through. Each status has its event, in the transaction in which it was
/// reached, so the events are the timeline.
@Repository
class Timelines {
  private static final String FIND =
      """
      SELECT aggregate_seq, payload ->> 'status' AS status,
        coalesce(CAST(payload ->> 'capturedMinor' AS bigint), 0) AS captured_minor, created_at
      FROM outbox WHERE aggregate_type = 'transfer' AND aggregate_id = :transfer
        AND aggregate_seq > :after
      ORDER BY aggregate_seq LIMIT :limit
      """;

  private final JdbcClient sql;

  Timelines(JdbcClient sql) {
    this.sql = sql;
  }

  /// From the step after the given one on.
  List<Step> page(UUID transfer, long after, int limit) {
    return sql.sql(FIND)
        .param("transfer", transfer)
        .param("after", after)
        .param("limit", limit)
        .query(
            (row, n) ->
                new Step(
                    row.getLong("aggregate_seq"),
                    row.getString("status"),
                    row.getLong("captured_minor"),
                    row.getObject("created_at", OffsetDateTime.class).toInstant()))
        .list();
  }
}
