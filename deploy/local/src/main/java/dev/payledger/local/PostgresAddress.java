package dev.payledger.local;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/// Where a PostgreSQL with the stack's databases listens, whoever runs it.
public record PostgresAddress(String host, int port, String superuserPassword) {
  public String url(String database) {
    return "jdbc:postgresql://" + host + ":" + port + "/" + database;
  }

  /// A superuser connection, for set-up and for tests that break things on purpose.
  public Connection superuser(String database) throws SQLException {
    return DriverManager.getConnection(url(database), "postgres", superuserPassword);
  }

  /// Without the password.
  @Override
  public String toString() {
    return host + ":" + port;
  }
}
