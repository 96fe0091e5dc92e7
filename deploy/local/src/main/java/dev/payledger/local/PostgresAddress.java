package dev.payledger.local;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/// Where a PostgreSQL with the stack's databases listens, whoever runs it.
public record PostgresAddress(String host, int port) {
  /// A demo value; the embedded server trusts its superuser and asks for none.
  public static final String SUPERUSER_PASSWORD = "postgres-demo";

  public String url(String database) {
    return "jdbc:postgresql://" + host + ":" + port + "/" + database;
  }

  /// A superuser connection, for set-up and for tests that break things on purpose.
  public Connection superuser(String database) throws SQLException {
    return DriverManager.getConnection(url(database), "postgres", SUPERUSER_PASSWORD);
  }
}
