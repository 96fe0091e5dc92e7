package dev.payledger.bench;

import dev.payledger.bench.contender.Accounts;
import dev.payledger.bench.contender.Accounts.Spread;
import dev.payledger.bench.contender.Contender.Callers;
import dev.payledger.bench.contender.JournalContender;
import dev.payledger.bench.load.Load;
import dev.payledger.bench.load.Sample;
import dev.payledger.bench.server.BenchServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where a batch's time goes: what the server says of each statement while a crowd moves money
/// between any accounts. Runs after the contest in a database of its own, so that looking costs the
/// contest nothing.
///
/// @param batchMillis of the writer from one batch to the next
/// @param flushMillis of that, the WAL's way to the disk: what a commit waits for
/// @param outsideMillis what neither statements nor flush account for: round trips, the journal's own
///     code, waking callers, waiting for a core
record Profile(
    double commandsPerBatch,
    double batchMillis,
    double flushMillis,
    double outsideMillis,
    List<Line> lines) {

  /// @param isWithin whether it is part of the statements above: a foreign key's look-ups
  /// @param batchMillis what the server spends on it in a batch
  record Line(String statement, boolean isWithin, double callsPerBatch, double batchMillis) {}

  private static final Pattern NAME =
      Pattern.compile(
          "^(INSERT INTO|UPDATE|SELECT)\\b.*?(?:(?<=INSERT INTO )|(?<=UPDATE )|(?:FROM (?:ONLY )?))"
              + "([\\w.\"]+)",
          Pattern.DOTALL);

  static Profile take(BenchServer server, Accounts accounts, int callers, Duration duration)
      throws Exception {
    server.createLedger("profile");
    try (JournalContender journal = new JournalContender(server, "profile", accounts, 1);
        Callers crowd = journal.callers(Spread.UNIFORM, callers)) {
      Load.closedLoop(crowd.steps(), duration.dividedBy(2));
      server.superuser("profile", "ALTER DATABASE profile SET pg_stat_statements.track = 'all'");
    }
    // New connections record.
    try (JournalContender journal = new JournalContender(server, "profile", accounts, 1);
        Callers crowd = journal.callers(Spread.UNIFORM, callers)) {
      Load.closedLoop(crowd.steps(), duration.dividedBy(2));
      double batches = batches(journal);
      double commands = commands(journal);
      server.superuser(
          "postgres", "SELECT pg_stat_statements_reset(), pg_stat_reset_shared('wal')");
      Sample sample = Load.closedLoop(crowd.steps(), duration);
      batches = batches(journal) - batches;
      commands = commands(journal) - commands;
      List<Line> lines = lines(server, batches);
      double batchMillis = sample.seconds() * 1_000 / batches;
      double inside =
          lines.stream().filter(line -> !line.isWithin()).mapToDouble(Line::batchMillis).sum();
      double flush = flushMillis(server) / batches;
      return new Profile(
          commands / batches, batchMillis, flush, batchMillis - inside - flush, lines);
    }
  }

  private static double batches(JournalContender journal) {
    return journal.meters().getOrDefault("ledger.journal.attempts.committed", 0.0);
  }

  private static double commands(JournalContender journal) {
    return journal.meters().getOrDefault("ledger.journal.batch.size.sum", 0.0);
  }

  private static double flushMillis(BenchServer server) throws SQLException {
    try (Connection connection = server.superuser("postgres");
        Statement statement = connection.createStatement();
        var row =
            statement.executeQuery("SELECT wal_write_time + wal_sync_time FROM pg_stat_wal")) {
      row.next();
      return row.getDouble(1);
    }
  }

  private static List<Line> lines(BenchServer server, double batches) throws SQLException {
    List<Line> lines = new ArrayList<>();
    try (Connection connection = server.superuser("postgres");
        Statement statement = connection.createStatement();
        var row =
            statement.executeQuery(
                """
                SELECT s.query, s.toplevel, s.calls, s.total_exec_time + s.total_plan_time AS millis
                FROM pg_stat_statements(true) s JOIN pg_database d ON d.oid = s.dbid
                WHERE d.datname = 'profile' ORDER BY s.toplevel DESC, millis DESC
                """)) {
      while (row.next()) {
        lines.add(
            new Line(
                name(row.getString(1)),
                !row.getBoolean(2),
                row.getLong(3) / batches,
                row.getDouble(4) / batches));
      }
    }
    return lines.stream().filter(line -> line.callsPerBatch() > 0.01).toList();
  }

  static String name(String query) {
    Matcher matcher = NAME.matcher(query.strip());
    String name =
        matcher.find()
            ? matcher.group(1) + " " + matcher.group(2).replace("\"", "").replace("public.", "")
            : query.strip();
    return name.length() > 60 ? name.substring(0, 60) : name;
  }

  String asText() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "A batch of %.0f commands takes %.1f ms of the writer, of which statements take %.0f %%:%n",
            commandsPerBatch,
            batchMillis,
            100 * (batchMillis - outsideMillis - flushMillis) / batchMillis));
    for (Line line : lines) {
      text.append(
          String.format(
              Locale.ROOT,
              "  %5.1f %%  %7.2f calls  %s%s%n",
              100 * line.batchMillis / batchMillis,
              line.callsPerBatch,
              line.isWithin ? "  within: " : "",
              line.statement));
    }
    return text.append(
            String.format(
                Locale.ROOT,
                "  %5.1f %%                 flushing the WAL at commit%n"
                    + "  %5.1f %%                 round trips, the journal's own code, waiting for a core%n",
                100 * flushMillis / batchMillis,
                100 * outsideMillis / batchMillis))
        .toString();
  }
}
