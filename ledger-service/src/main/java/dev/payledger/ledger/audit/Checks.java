package dev.payledger.ledger.audit;

import dev.payledger.ledger.audit.AuditProgress.Sums;
import dev.payledger.ledger.audit.ChecksView.CheckView;
import dev.payledger.ledger.journal.DatabaseClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Transactional;

/// Runs `checks.sql` over one snapshot of the books: over everything, or over a part.
@Component
public class Checks {
  private static final List<String> COUNTED =
      List.of(
          "account",
          "account_change",
          "command",
          "transfer",
          "hold",
          "journal_entry",
          "account_line",
          "outbox");

  private static final String SUMS =
      """
      SELECT a.id, a.seq_to, a.audited_debits_minor
          + coalesce(sum(l.amount_minor) FILTER (WHERE l.side = 'DEBIT'), 0) AS debits_minor,
        a.audited_credits_minor
          + coalesce(sum(l.amount_minor) FILTER (WHERE l.side = 'CREDIT'), 0) AS credits_minor
      FROM seen_account a LEFT JOIN seen_line l ON l.account_id = a.id
      GROUP BY a.id, a.seq_to, a.audited_debits_minor, a.audited_credits_minor
      """;

  /// Violations of one check that are told, and kept in memory, at most.
  static final int VIOLATIONS_MAX = 1_000;

  private static final int SCAN_SECONDS_MAX = 30;

  private final String everything;
  private final String part;
  private final List<Check> checks;
  private final JdbcClient sql;
  private final DatabaseClock clock;

  Checks(@Qualifier("audit") JdbcClient sql, DatabaseClock clock) {
    String text = text();
    this.everything = beginning(text, "everything");
    this.part = beginning(text, "part");
    this.checks = checks(text);
    this.sql = sql;
    this.clock = clock;
  }

  /// The full scan. All of its statements together have as long as it says; then it throws.
  @Transactional(
      transactionManager = "audit",
      isolation = Isolation.REPEATABLE_READ,
      readOnly = true,
      timeout = SCAN_SECONDS_MAX)
  public ChecksView run() {
    Map<String, Long> counted = new LinkedHashMap<>();
    for (String table : COUNTED) {
      counted.put(table, sql.sql("SELECT count(*) FROM " + table).query(Long.class).single());
    }
    List<CheckView> results = new ArrayList<>();
    for (Check check : checks) {
      results.add(
          check.found(
              sql.sql(query(check.id()))
                  .withMaxRows(VIOLATIONS_MAX)
                  .param("now", now(sql))
                  .query(String.class)
                  .list()));
    }
    return ChecksView.of(null, null, counted, results);
  }

  /// The checks over a part of the books, in the caller's transaction.
  ///
  /// @return violations by check
  Map<String, List<String>> run(JdbcClient sql, AuditWindow seen) {
    return run(sql, seen, "seen_");
  }

  /// Those checks that look at a part whose name has the pattern.
  Map<String, List<String>> run(JdbcClient sql, AuditWindow seen, String parts) {
    // However small a table is and however old its statistics: a part is read by index, row by row,
    // and no
    // index from end to end.
    for (String wholeTables : List.of("enable_seqscan", "enable_hashjoin", "enable_mergejoin")) {
      sql.sql("SET LOCAL " + wholeTables + " = off").update();
    }
    Pattern named = Pattern.compile(parts);
    Map<String, List<String>> violations = new LinkedHashMap<>();
    for (Check check : checks) {
      if (named.matcher(check.query()).find()) {
        violations.put(
            check.id(),
            over(sql, seen, check.query()).withMaxRows(VIOLATIONS_MAX).query(String.class).list());
      }
    }
    return violations;
  }

  /// A query of one's own over a part.
  JdbcClient.StatementSpec over(JdbcClient sql, AuditWindow seen, String query) {
    return seen.query(sql, part + query).param("now", now(sql));
  }

  /// The sums of the entries of the accounts seen, up to `seqTo`.
  List<Sums> sums(JdbcClient sql, AuditWindow seen) {
    return over(sql, seen, SUMS)
        .query(
            (row, n) ->
                new Sums(
                    row.getObject("id", UUID.class),
                    row.getLong("seq_to"),
                    row.getBigDecimal("debits_minor").toBigIntegerExact(),
                    row.getBigDecimal("credits_minor").toBigIntegerExact()))
        .list();
  }

  /// What the auditor found so far, in the shape of a scan.
  List<CheckView> found(Map<String, List<String>> violations) {
    return checks.stream()
        .map(check -> check.found(violations.getOrDefault(check.id(), List.of())))
        .toList();
  }

  List<String> ids() {
    return checks.stream().map(Check::id).toList();
  }

  /// The query of a check over everything; `:now` is the database's time.
  String query(String id) {
    return everything + of(id).query();
  }

  /// The query of a check over a part, with the parameters of `AuditWindow`.
  String partQuery(String id) {
    return part + of(id).query();
  }

  private Check of(String id) {
    return checks.stream().filter(check -> check.id().equals(id)).findFirst().orElseThrow();
  }

  private OffsetDateTime now(JdbcClient sql) {
    return clock.now(sql).atOffset(ZoneOffset.UTC);
  }

  private static String beginning(String text, String name) {
    Matcher named = Pattern.compile("(?ms)^-- " + name + "\\b.*?\\n(WITH .*?\\n)\\n").matcher(text);
    if (!named.find()) {
      throw new IllegalStateException("checks.sql has no beginning for " + name);
    }
    return named.group(1);
  }

  private static List<Check> checks(String text) {
    List<Check> checks = new ArrayList<>();
    Matcher named = Pattern.compile("(?ms)^-- (I[0-9]+[a-z]?): ([^\\n]+)\\n(.*?);").matcher(text);
    while (named.find()) {
      checks.add(new Check(named.group(1), named.group(2), named.group(3)));
    }
    return checks;
  }

  private static String text() {
    try {
      return new ClassPathResource("checks.sql").getContentAsString(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record Check(String id, String name, String query) {
    CheckView found(List<String> violations) {
      return CheckView.of(id, name, violations);
    }
  }
}
