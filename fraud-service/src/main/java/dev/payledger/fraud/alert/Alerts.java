package dev.payledger.fraud.alert;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import dev.payledger.fraud.assessment.FiredRule;
import dev.payledger.fraud.assessment.Leg;
import dev.payledger.fraud.assessment.Verdict;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// The transfers that moved money without a verdict in time, one review each, and the decisions on
/// them. All of them are listed, whatever the rules say of them afterwards: nobody said yes while it
/// mattered, and a rule that approves is no person who looked. The verdict says where to look first.
///
/// Both tables only grow. A decision is a row of its own, so that its primary key lets the first one
/// stand and no right to change anything is needed.
@Component
public class Alerts {
  private static final String SELECT =
      """
      SELECT r.transfer_id, r.currency, r.amount_minor, r.passed_at, a.verdict, a.score,
             d.decision, d.decided_by, d.decided_at, d.note
        FROM review r
        LEFT JOIN assessment a ON a.transfer_id = r.transfer_id
        LEFT JOIN review_decision d ON d.transfer_id = r.transfer_id
      """;

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final Clock clock;

  Alerts(JdbcClient jdbc, TransactionTemplate transaction, Clock clock, MeterRegistry meters) {
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.clock = clock;
    Gauge.builder("fraud.alert.open", this, Alerts::openCount)
        .description("Transfers that passed unscreened and await a decision")
        .register(meters);
  }

  /// Lists a transfer once, however often it is told.
  ///
  /// @param amountMinor of the whole transfer, minor units
  /// @param passedAt when it moved its money, as far as was known when it was first told
  public void add(UUID transferId, String currency, long amountMinor, Instant passedAt) {
    jdbc.sql(
            """
            INSERT INTO review (transfer_id, currency, amount_minor, passed_at, listed_at)
            VALUES (:transferId, :currency, :amountMinor, :passedAt, :listedAt)
            ON CONFLICT (transfer_id) DO NOTHING
            """)
        .param("transferId", transferId)
        .param("currency", currency)
        .param("amountMinor", amountMinor)
        .param("passedAt", Timestamp.from(passedAt))
        .param("listedAt", Timestamp.from(now()))
        .update();
  }

  /// @param after the last transfer of the page before
  AlertsView page(AlertStatus status, @Nullable Verdict verdict, @Nullable UUID after, int limit) {
    List<Row> rows =
        jdbc.sql(
                SELECT
                    + """
                       WHERE coalesce(d.decision, 'OPEN') = :status
                         AND (CAST(:verdict AS text) IS NULL OR a.verdict = :verdict)
                         AND (CAST(:after AS uuid) IS NULL
                              OR (r.passed_at, r.transfer_id)
                                 > (SELECT l.passed_at, l.transfer_id FROM review l
                                     WHERE l.transfer_id = CAST(:after AS uuid)))
                       ORDER BY r.passed_at, r.transfer_id
                       LIMIT :limit
                      """)
            .param("status", status.name())
            .param("verdict", verdict == null ? null : verdict.name())
            .param("after", after == null ? null : after.toString())
            .param("limit", limit + 1)
            .query((row, number) -> Row.of(row))
            .list();
    List<Row> page = rows.subList(0, Math.min(limit, rows.size()));
    return new AlertsView(views(page), rows.size() > limit ? page.getLast().transferId() : null);
  }

  Optional<AlertView> find(UUID transferId) {
    List<Row> rows =
        jdbc.sql(SELECT + " WHERE r.transfer_id = :transferId")
            .param("transferId", transferId)
            .query((row, number) -> Row.of(row))
            .list();
    return views(rows).stream().findFirst();
  }

  /// Stores the decision unless there is one; the same one again is no other one.
  AlertDecisionOutcome decide(UUID transferId, AlertDecisionRequest request) {
    return Objects.requireNonNull(
        transaction.execute(
            status -> {
              jdbc.sql(
                      """
                      INSERT INTO review_decision (transfer_id, decision, note, decided_by,
                                                   decided_at)
                      SELECT r.transfer_id, :decision, :note, :decidedBy, :decidedAt
                        FROM review r WHERE r.transfer_id = :transferId
                      ON CONFLICT (transfer_id) DO NOTHING
                      """)
                  .param("decision", request.decision().name())
                  .param("note", request.note())
                  .param("decidedBy", request.decidedBy())
                  .param("decidedAt", Timestamp.from(now()))
                  .param("transferId", transferId)
                  .update();
              return find(transferId)
                  .<AlertDecisionOutcome>map(review -> outcome(review, request))
                  .orElseGet(AlertDecisionOutcome.Unknown::new);
            }));
  }

  private static AlertDecisionOutcome outcome(AlertView review, AlertDecisionRequest request) {
    AlertView.Decided decided = Objects.requireNonNull(review.decision());
    return review.status().name().equals(request.decision().name())
            && decided.note().equals(request.note())
            && decided.decidedBy().equals(request.decidedBy())
        ? new AlertDecisionOutcome.Stands(review)
        : new AlertDecisionOutcome.DecidedBefore();
  }

  private long openCount() {
    return jdbc.sql(
            """
            SELECT count(*) FROM review r
             WHERE NOT EXISTS (
               SELECT 1 FROM review_decision d WHERE d.transfer_id = r.transfer_id)
            """)
        .query(Long.class)
        .single();
  }

  private List<AlertView> views(List<Row> rows) {
    String[] transfers =
        rows.stream().map(row -> row.transferId().toString()).toArray(String[]::new);
    Map<UUID, List<FiredRule>> rules =
        jdbc
            .sql(
                """
                SELECT transfer_id, rule, points, detail FROM assessment_rule
                 WHERE transfer_id = ANY (CAST(:transfers AS uuid[])) ORDER BY position
                """)
            .param("transfers", transfers)
            .query(
                (row, number) ->
                    Map.entry(
                        row.getObject("transfer_id", UUID.class),
                        new FiredRule(
                            row.getString("rule"), row.getInt("points"), row.getString("detail"))))
            .list()
            .stream()
            .collect(groupingBy(Map.Entry::getKey, mapping(Map.Entry::getValue, toList())));
    Map<UUID, List<Leg>> legs =
        jdbc
            .sql(
                """
                SELECT transfer_id, debit_account_id, credit_account_id, amount_minor
                  FROM assessment_leg
                 WHERE transfer_id = ANY (CAST(:transfers AS uuid[])) ORDER BY position
                """)
            .param("transfers", transfers)
            .query(
                (row, number) ->
                    Map.entry(
                        row.getObject("transfer_id", UUID.class),
                        new Leg(
                            row.getObject("debit_account_id", UUID.class),
                            row.getObject("credit_account_id", UUID.class),
                            row.getLong("amount_minor"))))
            .list()
            .stream()
            .collect(groupingBy(Map.Entry::getKey, mapping(Map.Entry::getValue, toList())));
    return rows.stream()
        .map(
            row ->
                row.view(
                    rules.getOrDefault(row.transferId(), List.of()),
                    legs.getOrDefault(row.transferId(), List.of())))
        .toList();
  }

  /// Cut to what the database keeps.
  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  private record Row(
      UUID transferId,
      String currency,
      long amountMinor,
      Instant passedAt,
      @Nullable Verdict verdict,
      @Nullable Integer score,
      AlertStatus status,
      AlertView.@Nullable Decided decision) {

    static Row of(ResultSet row) throws SQLException {
      String verdict = row.getString("verdict");
      String decision = row.getString("decision");
      return new Row(
          row.getObject("transfer_id", UUID.class),
          row.getString("currency"),
          row.getLong("amount_minor"),
          row.getTimestamp("passed_at").toInstant(),
          verdict == null ? null : Verdict.valueOf(verdict),
          verdict == null ? null : row.getInt("score"),
          decision == null ? AlertStatus.OPEN : AlertStatus.valueOf(decision),
          decision == null
              ? null
              : new AlertView.Decided(
                  row.getString("decided_by"),
                  row.getTimestamp("decided_at").toInstant(),
                  row.getString("note")));
    }

    AlertView view(List<FiredRule> rules, List<Leg> legs) {
      return new AlertView(
          transferId,
          status,
          currency,
          amountMinor,
          passedAt,
          verdict,
          score,
          rules,
          legs,
          decision);
    }
  }
}
