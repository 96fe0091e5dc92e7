package dev.payledger.ledger.journal;

import java.time.Instant;
import java.time.OffsetDateTime;
import org.springframework.jdbc.core.simple.JdbcClient;

/// The one clock of all ledger instances: the database's. What is stamped, leased or given up by a time is
/// judged by it, so that an instance whose own clock is wrong stamps no other time than its peers and
/// takes nothing from them. Tests set it.
@FunctionalInterface
public interface DatabaseClock {
  /// The time now, in the microseconds that the database keeps.
  ///
  /// @param sql asks on its own connection, in its transaction if one is open
  Instant now(JdbcClient sql);

  /// `clock_timestamp()` and not `now()`: a transaction's own time is that of its first statement, and
  /// it may have waited since.
  static DatabaseClock ofTheServer() {
    return sql ->
        sql.sql("SELECT clock_timestamp()").query(OffsetDateTime.class).single().toInstant();
  }
}
