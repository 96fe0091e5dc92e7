package dev.payledger.bench.contender;

import dev.payledger.bench.contender.Accounts.Spread;
import dev.payledger.bench.load.Step;
import dev.payledger.bench.server.BenchServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;

/// Another ledger that lives in the database. Its SQL file brings it in, and three functions over it:
/// `bench_open(id uuid)` opens an account that may be overdrawn, `bench_transfer(debit uuid, credit
/// uuid, amount bigint)` moves money, `bench_count()` tells how many transfers there are. Each call is
/// a transaction at the server's default isolation, as its authors would run it; an aborted one is
/// tried again.
public final class PeerSqlContender implements Contender {
  private static final int ATTEMPTS_MAX = 100;

  private final LongAdder transfers = new LongAdder();
  private final BenchServer server;
  private final String database;
  private final Accounts accounts;

  public PeerSqlContender(BenchServer server, String database, Accounts accounts, Path sqlFile)
      throws IOException, SQLException {
    this.server = server;
    this.database = database;
    this.accounts = accounts;
    server.superuser(database, Files.readString(sqlFile));
    try (Connection connection = server.superuser(database);
        PreparedStatement open = connection.prepareStatement("SELECT bench_open(?)")) {
      for (UUID account : accounts.ids()) {
        open.setObject(1, account);
        open.execute();
      }
    }
    server.superuser(database, "ANALYZE");
  }

  @Override
  public String database() {
    return database;
  }

  @Override
  public Callers callers(Spread spread, int count) throws Exception {
    List<Connection> opened = new ArrayList<>();
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Connection connection = server.superuser(database);
      opened.add(connection);
      PreparedStatement transfer =
          connection.prepareStatement("SELECT bench_transfer(?, ?, 1::bigint)");
      steps.add(
          () -> {
            Accounts.Pair pair = accounts.pair(spread);
            transfer.setObject(1, pair.debit());
            transfer.setObject(2, pair.credit());
            return transfer(transfer);
          });
    }
    return new Callers(
        steps,
        () -> {
          for (Connection connection : opened) {
            connection.close();
          }
        });
  }

  @Override
  public Map<String, Long> acknowledged() {
    return Map.of("generate_series(1, bench_count())", transfers.sum());
  }

  private int transfer(PreparedStatement transfer) throws SQLException {
    for (int attempt = 1; ; attempt++) {
      try {
        transfer.execute();
        transfers.increment();
        return 1;
      } catch (SQLException e) {
        boolean isAborted = "40001".equals(e.getSQLState()) || "40P01".equals(e.getSQLState());
        if (!isAborted || attempt == ATTEMPTS_MAX) {
          throw e;
        }
      }
    }
  }
}
