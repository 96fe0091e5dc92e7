package dev.payledger.ledger.audit;

import dev.payledger.ledger.audit.ChecksView.CheckView;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/// What the auditor remembers: how far it is, the sums of each account up to there, and what it has
/// found.
@Repository
class AuditNotes {
  private static final Logger log = LoggerFactory.getLogger(AuditNotes.class);

  private static final String PLACE =
      """
      SELECT passes, position, next_position, next_at, audited_until,
        pg_snapshot_xmin(pg_current_snapshot()) >= next_xid AS is_settled,
        pg_snapshot_xmax(pg_current_snapshot())::text AS xmax,
        (SELECT coalesce(max(position), 0) FROM outbox) AS newest
      FROM audit_place
      """;

  private static final String MOVE =
      """
      UPDATE audit_place SET passes = passes + 1, position = :position,
        next_position = :nextPosition, next_xid = coalesce(CAST(:nextXid AS xid8), next_xid),
        next_at = :nextAt, audited_until = :auditedUntil
      WHERE passes = :passes
      """;

  private static final String KEEP_SUMS =
      """
      INSERT INTO audit_account AS known (account_id, seq, debits_minor, credits_minor)
      SELECT * FROM unnest(CAST(:accounts AS uuid[]), CAST(:seqs AS bigint[]),
        CAST(:debits AS bigint[]), CAST(:credits AS bigint[]))
      ON CONFLICT (account_id) DO UPDATE SET seq = excluded.seq,
        debits_minor = excluded.debits_minor, credits_minor = excluded.credits_minor
      WHERE known.seq < excluded.seq
      """;

  private static final String KEEP_FINDING =
      """
      INSERT INTO audit_finding (check_id, violation, found_at)
      VALUES (:check, :violation, :foundAt) ON CONFLICT DO NOTHING
      """;

  private static final String SETTLE =
      "DELETE FROM audit_finding WHERE check_id = :check AND violation = ANY (:violations)";

  private final JdbcClient sql;

  AuditNotes(@Qualifier("audit") JdbcClient sql) {
    this.sql = sql;
  }

  /// Where the auditor is.
  ///
  /// @param nextPosition position that was the newest at `nextAt`
  /// @param isSettled whether every transaction that may have written up to it has ended
  /// @param newest the newest position now
  /// @param xmax every transaction from this id on has yet to begin
  record Place(
      long passes,
      long position,
      long nextPosition,
      Instant nextAt,
      Instant auditedUntil,
      boolean isSettled,
      long newest,
      String xmax) {}

  /// An account and the sums of its entries up to a line.
  record Sums(UUID accountId, long seq, long debitsMinor, long creditsMinor) {}

  Place place() {
    return place(sql);
  }

  /// As the given connection sees it, like the findings.
  static Place place(JdbcClient sql) {
    return sql.sql(PLACE)
        .query(
            (row, n) ->
                new Place(
                    row.getLong("passes"),
                    row.getLong("position"),
                    row.getLong("next_position"),
                    row.getObject("next_at", OffsetDateTime.class).toInstant(),
                    row.getObject("audited_until", OffsetDateTime.class).toInstant(),
                    row.getBoolean("is_settled"),
                    row.getLong("newest"),
                    row.getString("xmax")))
        .single();
  }

  /// Notes a pass, if no other instance has made one since the place was read. A pass that came to
  /// the next position sets out for the newest of now.
  ///
  /// @return whether it was noted
  @Transactional("audit")
  public boolean keep(
      Place from, long upTo, List<Sums> sums, Map<String, List<String>> found, Instant now) {
    boolean hasArrived = upTo == from.nextPosition();
    boolean isMine =
        sql.sql(MOVE)
                .param("passes", from.passes())
                .param("position", upTo)
                .param("nextPosition", hasArrived ? from.newest() : from.nextPosition())
                .param("nextXid", hasArrived ? from.xmax() : null)
                .param("nextAt", utc(hasArrived ? now : from.nextAt()))
                .param("auditedUntil", utc(hasArrived ? from.nextAt() : from.auditedUntil()))
                .update()
            == 1;
    if (isMine) {
      sql.sql(KEEP_SUMS)
          .param("accounts", Seen.array(sums.stream().map(Sums::accountId).toList()))
          .param("seqs", Seen.array(sums.stream().map(Sums::seq).toList()))
          .param("debits", Seen.array(sums.stream().map(Sums::debitsMinor).toList()))
          .param("credits", Seen.array(sums.stream().map(Sums::creditsMinor).toList()))
          .update();
      found.forEach((check, violations) -> violations.forEach(v -> keep(check, v, now)));
    }
    return isMine;
  }

  /// After a full scan: what was on record before it and it no longer found is settled, what it found
  /// stays on record.
  @Transactional("audit")
  public void settle(Map<String, List<String>> before, ChecksView scan, Instant now) {
    for (CheckView check : scan.checks()) {
      if (check.violations() == 0) {
        sql.sql(SETTLE)
            .param("check", check.id())
            .param("violations", before.getOrDefault(check.id(), List.of()).toArray(new String[0]))
            .update();
      } else {
        check.sample().forEach(violation -> keep(check.id(), violation, now));
      }
    }
  }

  /// Violations on record, by check.
  Map<String, List<String>> findings() {
    return findings(sql);
  }

  static Map<String, List<String>> findings(JdbcClient sql) {
    Map<String, List<String>> findings = new TreeMap<>();
    sql.sql("SELECT check_id, violation FROM audit_finding ORDER BY found_at, violation")
        .query(
            row -> {
              findings
                  .computeIfAbsent(row.getString("check_id"), check -> new ArrayList<>())
                  .add(row.getString("violation"));
            });
    return findings;
  }

  private void keep(String check, String violation, Instant foundAt) {
    int added =
        sql.sql(KEEP_FINDING)
            .param("check", check)
            .param("violation", violation)
            .param("foundAt", utc(foundAt))
            .update();
    if (added == 1) {
      log.error("the books are wrong, check {}: {}", check, violation);
    }
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
