package dev.payledger.ledger.audit;

import dev.payledger.ledger.journal.DatabaseClock;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/// The checks over a scratch database, for tests of other packages.
public final class AuditedBooks {
  private AuditedBooks() {}

  /// Ids of the checks that found something.
  public static List<String> violations(String url) {
    JdbcClient sql =
        JdbcClient.create(new DriverManagerDataSource(url, "ledger_app", "ledger-app-demo"));
    return new Checks(sql, DatabaseClock.ofTheServer())
        .run().checks().stream()
            .filter(check -> check.violations() > 0)
            .map(check -> check.id())
            .toList();
  }
}
