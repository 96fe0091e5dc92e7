package dev.payledger.bench.contender;

import dev.payledger.bench.contender.Accounts.Spread;
import dev.payledger.bench.server.BenchServer;
import dev.payledger.ledger.command.JournalCommand.HoldFunds;
import dev.payledger.ledger.journal.BareLoop;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The limit: the journal's set-based statements on one connection, batch after batch of a fixed size,
/// with no callers to wake, no queue, no turn, no pool.
public final class BareLoopContender implements Contender {
  private final Clock clock = Clock.systemUTC();
  private final Acknowledged acknowledged = new Acknowledged();
  private final BenchServer server;
  private final String database;
  private final Accounts accounts;

  public BareLoopContender(BenchServer server, String database, Accounts accounts) {
    this.server = server;
    this.database = database;
    this.accounts = accounts;
  }

  @Override
  public String database() {
    return database;
  }

  /// One caller with batches of `count` commands: half of them hold, half post what the batch before
  /// has held.
  @Override
  public Callers callers(Spread spread, int count) throws Exception {
    BareLoop loop = new BareLoop(server.journalRole(database), clock);
    return new Callers(
        List.of(
            () -> {
              List<HoldFunds> holds = new ArrayList<>(count / 2);
              for (int i = 0; i < count / 2; i++) {
                holds.add(JournalContender.command(accounts.pair(spread)));
              }
              int posted = loop.run(holds);
              acknowledged.holds.add(holds.size());
              acknowledged.posts.add(posted);
              return posted;
            }),
        loop::close);
  }

  @Override
  public Map<String, Long> acknowledged() {
    return acknowledged.rows();
  }
}
