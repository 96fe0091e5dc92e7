package dev.payledger.stack.server;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/// Where a PostgreSQL with the stack's databases listens: a process or a container.
public record PostgresAddress(String host, int port, String superuserPassword) {
  /// The driver's name for a login that does not reveal the password to the server, which may be
  /// another program that has taken the port.
  static final String REQUIRED_AUTHENTICATION = "scram-sha-256";

  public String url(String database) {
    return "jdbc:postgresql://" + host + ":" + port + "/" + database;
  }

  /// A superuser connection, for set-up and for tests that break things on purpose.
  public Connection superuser(String database) throws SQLException {
    return DriverManager.getConnection(
        url(database) + "?requireAuth=" + REQUIRED_AUTHENTICATION, "postgres", superuserPassword);
  }

  /// Without the password.
  @Override
  public String toString() {
    return host + ":" + port;
  }
}
