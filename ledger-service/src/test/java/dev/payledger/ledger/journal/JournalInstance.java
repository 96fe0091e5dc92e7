package dev.payledger.ledger.journal;

import com.zaxxer.hikari.HikariDataSource;
import dev.payledger.ledger.command.Fingerprint;
import dev.payledger.ledger.command.JournalCommand.HoldFunds;
import dev.payledger.ledger.command.JournalCommand.HoldOutcome;
import dev.payledger.ledger.command.JournalCommand.OpenAccount;
import dev.payledger.ledger.command.JournalCommand.OpenOutcome;
import dev.payledger.ledger.command.JournalCommand.PostOutcome;
import dev.payledger.ledger.command.JournalCommand.PostTransfer;
import dev.payledger.ledger.money.Leg;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.json.JsonMapper;

/// A journal as a ledger instance has one, without the rest of the instance.
final class JournalInstance implements AutoCloseable {
  static final UUID EXTERNAL_EUR = UUID.fromString("e0000000-0000-7000-8000-000000000978");
  static final Duration LONG = Duration.ofSeconds(30);
  static final int CONNECTIONS = 2;

  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  final JournalConnections connections;
  final Journal journal;
  private final HikariDataSource pool;

  JournalInstance(String url) {
    this(url, 4_096, 1_000);
  }

  JournalInstance(String url, int queueMax, int batchMax) {
    JournalProperties properties =
        new JournalProperties(
            url,
            "ledger_journal",
            "ledger-journal-demo",
            CONNECTIONS,
            queueMax,
            batchMax,
            10,
            Duration.ofMillis(2),
            Duration.ofMillis(200),
            LONG,
            4_096);
    this.pool = new JournalConfiguration().journalDataSource(properties);
    this.connections = new JournalConnections(pool);
    JsonMapper json = JsonMapper.shared();
    this.journal =
        new Journal(
            new JournalBatch(connections, new Outbox(json), json, DatabaseClock.ofTheServer()),
            properties,
            registry);
  }

  UUID open(String owner) {
    UUID id = UUID.randomUUID();
    Fingerprint fingerprint = Fingerprint.of(List.of(id));
    if (!(journal.submit(new OpenAccount(id, fingerprint, owner, "Test", "EUR"), LONG)
        instanceof OpenOutcome.Opened)) {
      throw new AssertionError("not opened");
    }
    return id;
  }

  UUID open(String owner, long balanceMinor) {
    UUID account = open(owner);
    HoldFunds money = hold(EXTERNAL_EUR, account, balanceMinor, true);
    if (!(journal.submit(money, LONG) instanceof HoldOutcome.Held)
        || !(journal.submit(new PostTransfer(money.id(), 1, 1, null), LONG)
            instanceof PostOutcome.Posted)) {
      throw new AssertionError("not funded");
    }
    return account;
  }

  static HoldFunds hold(UUID debit, UUID credit, long minor) {
    return hold(debit, credit, minor, false);
  }

  static HoldFunds hold(UUID debit, UUID credit, long minor, boolean byOperator) {
    return hold(UUID.randomUUID(), debit, credit, minor, byOperator, Map.of());
  }

  static HoldFunds hold(
      UUID id,
      UUID debit,
      UUID credit,
      long minor,
      boolean byOperator,
      Map<String, String> metadata) {
    return hold(id, List.of(new Leg(debit, credit, minor)), null, byOperator, metadata);
  }

  static HoldFunds hold(
      UUID id,
      List<Leg> legs,
      Duration captureWithin,
      boolean byOperator,
      Map<String, String> metadata) {
    return new HoldFunds(
        id,
        Fingerprint.of(legs),
        "alice",
        byOperator,
        legs,
        "EUR",
        captureWithin,
        null,
        null,
        metadata,
        null,
        UUID.randomUUID().toString(),
        Duration.ofSeconds(60),
        Duration.ofSeconds(900));
  }

  /// One of the pool's connections, kept from the writer.
  Connection connection() throws SQLException {
    return pool.getConnection();
  }

  /// Threads that wait for one of them.
  int connectionsAwaited() {
    return pool.getHikariPoolMXBean().getThreadsAwaitingConnection();
  }

  /// What a counter of the journal says.
  double count(String name, String... tags) {
    return registry.get(name).tags(tags).counter().count();
  }

  @Override
  public void close() {
    journal.close();
    pool.close();
  }
}
