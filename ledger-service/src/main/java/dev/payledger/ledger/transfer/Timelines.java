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
      SELECT payload ->> 'status' AS status,
        coalesce(CAST(payload ->> 'capturedMinor' AS bigint), 0) AS captured_minor, created_at
      FROM outbox WHERE aggregate_type = 'transfer' AND aggregate_id = :transfer
      ORDER BY aggregate_seq
      """;

  private final JdbcClient sql;

  Timelines(JdbcClient sql) {
    this.sql = sql;
  }

  List<Step> of(UUID transfer) {
    return sql.sql(FIND)
        .param("transfer", transfer)
        .query(
            (row, n) ->
                new Step(
                    row.getString("status"),
                    row.getLong("captured_minor"),
                    row.getObject("created_at", OffsetDateTime.class).toInstant()))
        .list();
  }
}
