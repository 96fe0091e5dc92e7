package dev.payledger.ledger.audit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Transactional;

/// Runs `checks.sql` over one snapshot of the books.
@Component
public class Checks {
  private static final int SAMPLE_MAX = 10;
  private static final List<String> COUNTED =
      List.of("account", "command", "transfer", "hold", "journal_entry", "account_line", "outbox");

  private final List<Check> checks = read();
  private final JdbcClient sql;

  Checks(JdbcClient sql) {
    this.sql = sql;
  }

  @Transactional(isolation = Isolation.REPEATABLE_READ, readOnly = true)
  public ChecksView run() {
    return run(sql);
  }

  /// Over what the given connection sees.
  ChecksView run(JdbcClient sql) {
    Map<String, Long> counted = new LinkedHashMap<>();
    for (String table : COUNTED) {
      counted.put(table, sql.sql("SELECT count(*) FROM " + table).query(Long.class).single());
    }
    List<ChecksView.CheckView> results = new ArrayList<>();
    for (Check check : checks) {
      List<String> violations = sql.sql(check.query()).query(String.class).list();
      results.add(
          new ChecksView.CheckView(
              check.id(),
              check.name(),
              violations.size(),
              violations.stream().limit(SAMPLE_MAX).toList()));
    }
    return new ChecksView(
        results.stream().allMatch(result -> result.violations() == 0), counted, results);
  }

  List<String> ids() {
    return checks.stream().map(Check::id).toList();
  }

  String query(String id) {
    return checks.stream()
        .filter(check -> check.id().equals(id))
        .map(Check::query)
        .findFirst()
        .orElseThrow();
  }

  private static List<Check> read() {
    String text;
    try {
      text = new ClassPathResource("checks.sql").getContentAsString(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<Check> checks = new ArrayList<>();
    Matcher named = Pattern.compile("(?ms)^-- (I[0-9]+[a-z]?): ([^\\n]+)\\n(.*?);").matcher(text);
    while (named.find()) {
      checks.add(new Check(named.group(1), named.group(2), named.group(3)));
    }
    return checks;
  }

  private record Check(String id, String name, String query) {}
}
