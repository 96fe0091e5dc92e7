package dev.payledger.ledger.saga;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Sagas that met a defect too often: nobody takes one up until an operator, who has seen to the
/// cause, releases it. Its funds stay held meanwhile.
@Component
public class ParkedSagas {
  private static final String PAGE =
      """
      SELECT transfer_id, parked_at, failures, failure FROM saga
      WHERE parked_at IS NOT NULL AND step <> 'DONE' AND (parked_at, transfer_id) > (:since, :id)
      ORDER BY parked_at, transfer_id LIMIT :limit
      """;

  private static final String COUNT =
      "SELECT count(*) FROM saga WHERE parked_at IS NOT NULL AND step <> 'DONE'";

  private final JdbcClient sql;
  private final SagaClaims claims;

  ParkedSagas(JdbcClient sql, SagaClaims claims, MeterRegistry meters) {
    this.sql = sql;
    this.claims = claims;
    Gauge.builder("ledger.saga.parked", this, ParkedSagas::count)
        .description("Transfers whose saga met a defect too often and waits for an operator")
        .register(meters);
  }

  /// @param failures defects in a row
  /// @param failure what the last one was
  public record Parked(UUID transferId, Instant since, int failures, String failure) {}

  /// Longest parked first, after the given one.
  public List<Parked> page(Instant since, UUID after, int limit) {
    return sql.sql(PAGE)
        .param("since", since.atOffset(ZoneOffset.UTC))
        .param("id", after)
        .param("limit", limit)
        .query(
            (row, n) ->
                new Parked(
                    row.getObject("transfer_id", UUID.class),
                    row.getObject("parked_at", OffsetDateTime.class).toInstant(),
                    row.getInt("failures"),
                    row.getString("failure")))
        .list();
  }

  /// The next recovery takes it up.
  ///
  /// @return false when it is not parked
  public boolean release(UUID transferId) {
    return claims.unpark(transferId);
  }

  private long count() {
    return sql.sql(COUNT).query(Long.class).single();
  }
}
