package dev.payledger.ledger.audit;

import dev.payledger.ledger.audit.ChecksView.CheckView;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/// What the auditor remembers: how far it is, the sums of each account up to there, and what it has
/// found.
@Repository
class AuditProgress {
  private static final Logger log = LoggerFactory.getLogger(AuditProgress.class);

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

  /// Found again: in this round. What the rolling audit knows better is where.
  private static final String FOUND_AGAIN =
      """
      UPDATE audit_finding SET round = (SELECT round FROM audit_round),
        walk = coalesce(:walk, walk), place = coalesce(:place, place)
      WHERE check_id = :check AND violation = :violation
      """;

  private static final String KEEP_FINDING =
      """
      INSERT INTO audit_finding (check_id, violation, found_at, round, walk, place)
      SELECT :check, :violation, :foundAt, round, coalesce(:walk, 99), coalesce(:place, '')
      FROM audit_round ON CONFLICT DO NOTHING
      """;

  /// A ledger that was away for longer than this was down. A short restart takes no time from who still
  /// catches up after a long one.
  private static final String ALIVE =
      """
      UPDATE audit_place SET alive_at = now(), excused_until =
        CASE WHEN alive_at < now() - interval '10 seconds'
          THEN greatest(excused_until, now() + least(now() - alive_at, interval '1 hour'))
          ELSE excused_until END
      """;

  private static final String ROUND =
      """
      SELECT round, walk, place, debits_minor, credits_minor, steps, began_at, audited_since
      FROM audit_round
      """;

  private static final String LOCK_ROUND = ROUND + "FOR UPDATE SKIP LOCKED";

  private static final String MOVE_ROUND =
      """
      UPDATE audit_round SET round = :round, walk = :walk, place = :place,
        debits_minor = :debits, credits_minor = :credits, steps = steps + 1, began_at = :beganAt,
        audited_since = :auditedSince
      """;

  /// What was found up to this place in an earlier round, and now was not.
  private static final String CLEAR =
      """
      DELETE FROM audit_finding WHERE round < :round
        AND (walk < :walk OR (walk = :walk AND place <= :place))
      """;

  private static final String SETTLE =
      "DELETE FROM audit_finding WHERE check_id = :check AND violation = ANY (:violations)";

  /// Of a finding that only the end of a round clears.
  private static final int EVERY_WALK = 99;

  private final JdbcClient sql;

  AuditProgress(@Qualifier("audit") JdbcClient sql) {
    this.sql = sql;
  }

  /// Where the auditor is.
  ///
  /// @param nextPosition position that was the newest at `nextAt`
  /// @param isSettled whether every transaction that may have written up to it has ended
  /// @param newest the newest position now
  /// @param xmax every transaction from this id on has yet to begin
  record Position(
      long passes,
      long position,
      long nextPosition,
      Instant nextAt,
      Instant auditedUntil,
      boolean isSettled,
      long newest,
      String xmax) {}

  /// An account and the sums of its entries up to a line.
  record Sums(UUID accountId, long seq, BigInteger debitsMinor, BigInteger creditsMinor) {}

  Position position() {
    return position(sql);
  }

  /// As the given connection sees it, like the findings.
  static Position position(JdbcClient sql) {
    return sql.sql(PLACE)
        .query(
            (row, n) ->
                new Position(
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
      Position from, long upTo, List<Sums> sums, Map<String, List<String>> found, Instant now) {
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
          .param("accounts", AuditWindow.array(sums, s -> s.accountId().toString()))
          .param("seqs", AuditWindow.array(sums, s -> String.valueOf(s.seq())))
          .param("debits", AuditWindow.array(sums, s -> s.debitsMinor().toString()))
          .param("credits", AuditWindow.array(sums, s -> s.creditsMinor().toString()))
          .update();
      found.forEach(
          (check, violations) -> violations.forEach(v -> keep(check, v, now, null, null)));
    }
    return isMine;
  }

  /// That a ledger runs. If none did for a while, nothing counts as late until it had as long again to
  /// catch up: recovery has then as much to do as became due meanwhile.
  void alive() {
    sql.sql(ALIVE).update();
  }

  /// Where the rolling audit is.
  ///
  /// @param place key of the last row that was looked at in this walk, as the walk writes it
  /// @param debitsMinor sum of the debits of the account that was looked at in part
  /// @param steps made since the books began
  /// @param auditedSince when the last complete round began
  record Round(
      long round,
      Walk walk,
      String place,
      BigInteger debitsMinor,
      BigInteger creditsMinor,
      long steps,
      Instant beganAt,
      Instant auditedSince) {}

  /// Locked until the end of the caller's transaction; empty while another instance makes a step.
  Optional<Round> lockRound() {
    return round(sql, LOCK_ROUND);
  }

  static Round round(JdbcClient sql) {
    return round(sql, ROUND).orElseThrow();
  }

  private static Optional<Round> round(JdbcClient sql, String query) {
    return sql.sql(query)
        .query(
            (row, n) ->
                new Round(
                    row.getLong("round"),
                    Walk.of(row.getInt("walk")),
                    row.getString("place"),
                    row.getBigDecimal("debits_minor").toBigIntegerExact(),
                    row.getBigDecimal("credits_minor").toBigIntegerExact(),
                    row.getLong("steps"),
                    row.getObject("began_at", OffsetDateTime.class).toInstant(),
                    row.getObject("audited_since", OffsetDateTime.class).toInstant()))
        .optional();
  }

  /// Notes a step, in the transaction that made it and has the round locked: what it found, what it did
  /// not find any more, and where it ended.
  void keep(Round from, Walk.Step step, Map<String, List<String>> found, Instant now) {
    found.forEach(
        (check, violations) ->
            violations.forEach(v -> keep(check, v, now, from.walk().number(), step.place())));
    boolean isRoundDone = step.isEnd() && from.walk() == Walk.ALLOWANCES;
    Walk next = step.isEnd() ? from.walk().next() : from.walk();
    sql.sql(CLEAR)
        .param("round", from.round())
        .param("walk", isRoundDone ? EVERY_WALK : next.number())
        .param("place", step.isEnd() ? "" : step.place())
        .update();
    sql.sql(MOVE_ROUND)
        .param("round", isRoundDone ? from.round() + 1 : from.round())
        .param("walk", next.number())
        .param("place", step.isEnd() ? "" : step.place())
        .param("debits", new BigDecimal(step.debitsMinor()))
        .param("credits", new BigDecimal(step.creditsMinor()))
        .param("beganAt", utc(isRoundDone ? now : from.beganAt()))
        .param("auditedSince", utc(isRoundDone ? from.beganAt() : from.auditedSince()))
        .update();
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
        check.sample().forEach(violation -> keep(check.id(), violation, now, null, null));
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

  private void keep(
      String check,
      String violation,
      Instant foundAt,
      @Nullable Integer walk,
      @Nullable String place) {
    if (found(FOUND_AGAIN, check, violation, walk, place).update() == 0
        && found(KEEP_FINDING, check, violation, walk, place)
                .param("foundAt", utc(foundAt))
                .update()
            == 1) {
      log.error("the books are wrong, check {}: {}", check, violation);
    }
  }

  private JdbcClient.StatementSpec found(
      String statement,
      String check,
      String violation,
      @Nullable Integer walk,
      @Nullable String place) {
    return sql.sql(statement)
        .param("check", check)
        .param("violation", violation)
        .param("walk", walk, Types.INTEGER)
        .param("place", place, Types.VARCHAR);
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
