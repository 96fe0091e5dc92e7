package dev.payledger.system.load;

import dev.payledger.system.GeneratedPages;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/// What was measured of reads at the ledger and through the gateway, and the page that says so.
record GatewayCost(int connections, List<GatewayCost.Round> rounds) {

  /// As many reads as it can take.
  ///
  /// @param gatewayMillis of the gateway's processor time, per read; the others likewise
  record Closed(
      double perSecond, double gatewayMillis, double ledgerMillis, double postgresMillis) {}

  /// Reads at a fixed rate.
  ///
  /// @param millis how long each took, sorted
  record Open(double[] millis) {
    double percentile(double percent) {
      return millis[(int) Math.ceil(percent / 100 * millis.length) - 1];
    }
  }

  /// @param perSecond the rate of the last two
  record Round(Closed direct, Closed through, int perSecond, Open directOpen, Open throughOpen) {
    double ratio() {
      return through.perSecond / direct.perSecond;
    }

    double addedMillis() {
      return throughOpen.percentile(50) - directOpen.percentile(50);
    }

    String line(int number) {
      return String.format(
          Locale.ROOT,
          "| %d | %,.0f | %,.0f | %.2f | %,d | %.1f / %.1f | %.1f / %.1f | %.1f |",
          number,
          direct.perSecond,
          through.perSecond,
          ratio(),
          perSecond,
          directOpen.percentile(50),
          directOpen.percentile(99),
          throughOpen.percentile(50),
          throughOpen.percentile(99),
          addedMillis());
    }
  }

  /// The middle one of the rounds.
  double ratio() {
    return median(Round::ratio);
  }

  private double median(ToDoubleFunction<Round> of) {
    return rounds.stream().mapToDouble(of).sorted().toArray()[rounds.size() / 2];
  }

  void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    List<String> lines = new ArrayList<>();
    lines.add("# What the gateway costs");
    lines.add("");
    lines.add(
        String.format(
            Locale.ROOT,
            "Written by `GatewayCostIT` (`mvn verify -Pmeasured`) at commit %s on %d cores, at a load average of %.0f; both services with 256 MB of heap, the serial collector and the first compiler, as the local stack starts them.",
            GeneratedPages.commit(),
            Runtime.getRuntime().availableProcessors(),
            ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
    lines.add(
        "One read of an account with one token from %d connections, at the ledger and through the gateway, in turns, on the same cores as the caller and PostgreSQL."
            .formatted(connections));
    lines.add("");
    lines.add("| | median of %d rounds | goal |".formatted(rounds.size()));
    lines.add("| --- | --- | --- |");
    lines.add(
        String.format(
            Locale.ROOT,
            "| rate through the gateway ÷ rate at the ledger | %.2f | ≥ 0.4 |",
            ratio()));
    lines.add(
        String.format(
            Locale.ROOT,
            "| median latency added, at half of the gateway's rate | %.1f ms | – |",
            median(Round::addedMillis)));
    lines.add("");
    lines.add(
        "| round | ledger, reads/s | gateway, reads/s | ratio | at reads/s | ledger p50 / p99 ms | gateway p50 / p99 ms | added ms |");
    lines.add("| --- | --- | --- | --- | --- | --- | --- | --- |");
    for (int i = 0; i < rounds.size(); i++) {
      lines.add(rounds.get(i).line(i + 1));
    }
    lines.add("");
    lines.add("| processor time per read, median, ms | at the ledger | through the gateway |");
    lines.add("| --- | --- | --- |");
    lines.add(cost("gateway", Closed::gatewayMillis));
    lines.add(cost("ledger-service", Closed::ledgerMillis));
    lines.add(cost("PostgreSQL", Closed::postgresMillis));
    Files.writeString(folder.resolve("gateway-cost.md"), String.join("\n", lines) + "\n");
  }

  private String cost(String who, ToDoubleFunction<Closed> millis) {
    return String.format(
        Locale.ROOT,
        "| %s | %.3f | %.3f |",
        who,
        median(round -> millis.applyAsDouble(round.direct)),
        median(round -> millis.applyAsDouble(round.through)));
  }
}
