package dev.payledger.ledger.audit;

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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Transactional;

/// Runs `checks.sql` over one snapshot of the books: over everything, or over what is new.
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

  private final String everything;
  private final String whatIsNew;
  private final List<Check> checks;
  private final JdbcClient sql;
  private final DatabaseClock clock;

  Checks(@Qualifier("audit") JdbcClient sql, DatabaseClock clock) {
    String text = text();
    this.everything = beginning(text, "everything");
    this.whatIsNew = beginning(text, "new");
    this.checks = checks(text);
    this.sql = sql;
    this.clock = clock;
  }

  /// The full scan.
  @Transactional(
      transactionManager = "audit",
      isolation = Isolation.REPEATABLE_READ,
      readOnly = true)
  public ChecksView run() {
    Map<String, Long> counted = new LinkedHashMap<>();
    for (String table : COUNTED) {
      counted.put(table, sql.sql("SELECT count(*) FROM " + table).query(Long.class).single());
    }
    List<CheckView> results = new ArrayList<>();
    for (Check check : checks) {
      results.add(
          check.found(
              sql.sql(query(check.id())).param("now", now(sql)).query(String.class).list()));
    }
    return ChecksView.of(null, counted, results);
  }

  /// The checks over what is new, in the caller's transaction.
  ///
  /// @return violations by check
  Map<String, List<String>> run(JdbcClient sql, Seen seen) {
    Map<String, List<String>> violations = new LinkedHashMap<>();
    for (Check check : checks) {
      if (!check.needsTheWhole()) {
        violations.put(check.id(), over(sql, seen, check.query()).query(String.class).list());
      }
    }
    return violations;
  }

  /// A query of one's own over what is new.
  JdbcClient.StatementSpec over(JdbcClient sql, Seen seen, String query) {
    return seen.query(sql, whatIsNew + query).param("now", now(sql));
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
    return checks.stream()
        .filter(check -> check.id().equals(id))
        .map(check -> everything + check.query())
        .findFirst()
        .orElseThrow();
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
    boolean needsTheWhole() {
      return !query.contains("seen_");
    }

    CheckView found(List<String> violations) {
      return CheckView.of(id, name, violations);
    }
  }
}
