package dev.payledger.bench;

import dev.payledger.bench.contender.Accounts;
import dev.payledger.bench.server.BenchServer;
import java.nio.file.Path;
import java.time.Clock;

/// One run: a server, a contest, a profile, a report. `bench/run` starts it.
public final class Bench {
  private Bench() {}

  // The table belongs on stdout, where a script can find it.
  @SuppressWarnings("SystemOut")
  public static void main(String[] arguments) throws Exception {
    BenchOptions options;
    try {
      options =
          BenchOptions.parse(
              Path.of(System.getProperty("payledger.repository", ".")),
              System.getProperty("payledger.commit", "unknown"),
              arguments);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(BenchOptions.USAGE);
      System.exit(2);
      return;
    }
    System.out.println(run(options, Clock.systemUTC()).asText());
    System.out.println("Written: " + options.results() + ", " + options.chart());
  }

  static Report run(BenchOptions options, Clock clock) throws Exception {
    try (BenchServer server = BenchServer.start(options.work(), options.port());
        Contest contest = new Contest(server, options)) {
      contest.run();
      Profile profile =
          Profile.take(
              server,
              Accounts.numbered(options.size().accounts()),
              options.size().callersMax(),
              options.size().openSlice());
      Report report = Report.of(options, server, contest, profile, clock.instant());
      report.requireEverythingCounted();
      report.write(options.results());
      Chart.write(options.chart(), contest, report);
      return report;
    }
  }
}
