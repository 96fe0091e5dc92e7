package dev.payledger.ledger.journal;

import java.sql.Connection;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/// Proof that a serializable transaction of the journal is open. What must be written together takes
/// one as an argument, so that it cannot be called without.
record JournalTransaction(JdbcClient sql, JdbcOperations jdbc) {
  static JournalTransaction on(Connection connection) {
    JdbcTemplate jdbc = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
    return new JournalTransaction(JdbcClient.create(jdbc), jdbc);
  }
}
