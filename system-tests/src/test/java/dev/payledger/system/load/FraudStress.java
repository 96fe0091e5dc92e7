package dev.payledger.system.load;

import dev.payledger.system.FraudFault;
import dev.payledger.system.GeneratedPages;
import dev.payledger.system.load.SteadyLoad.Ran;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// What was measured under each fault, and the page that says so.
final class FraudStress {
  private static final List<String> MOVES =
      List.of("CLOSED OPEN", "OPEN HALF_OPEN", "HALF_OPEN OPEN", "HALF_OPEN CLOSED");

  private FraudStress() {}

  /// One fault for a while, and the way back.
  ///
  /// @param round the first in which reads were quick enough
  /// @param ran the load under the fault
  /// @param control the same load in the same round without a fault
  /// @param transfers under the fault and until the breaker was closed and nothing waited
  /// @param during how the services' own counts changed under the fault
  /// @param all and until the breaker was closed and nothing waited
  record Measured(
      FraudFault fault,
      int round,
      Ran ran,
      Ran control,
      int transfers,
      Meters during,
      Meters all,
      Meters.Peaks peaks) {

    /// 99 of 100 reads, compared with the control's.
    double readsSlower() {
      return ran.percentile(99) / control.percentile(99);
    }

    /// By fraud-service's own count of what reached it.
    double callsPerTransfer() {
      return all.reached() / transfers;
    }

    String line() {
      return String.format(
          Locale.ROOT,
          "| %s | %,d | %.1f | %.1f | %.2f (round %d) | %s | %,d ÷ %,d = %.3f | %,d | %d · %d · %d · %d | %d / %d | %d / %d |",
          fault.title(),
          ran.samples(),
          ran.percentile(99),
          control.percentile(99),
          readsSlower(),
          round,
          told(),
          (long) all.reached(),
          transfers,
          callsPerTransfer(),
          (long) all.askedAgain(),
          moved(0),
          moved(1),
          moved(2),
          moved(3),
          peaks.ledgerThreads(),
          peaks.fraudThreads(),
          peaks.ledgerHeapMegabytes(),
          peaks.fraudHeapMegabytes());
    }

    private long moved(int move) {
      String[] ends = MOVES.get(move).split(" ");
      return all.moved(ends[0], ends[1]);
    }

    private String told() {
      List<String> told = new ArrayList<>();
      for (Map.Entry<Integer, Integer> each : new TreeMap<>(ran.transfers()).entrySet()) {
        told.add(each.getValue() + " × " + each.getKey());
      }
      return String.join(", ", told);
    }
  }

  /// @param all how the services' own counts changed in the whole run
  /// @param transfers of the whole run
  static void write(
      Path folder, Collection<Measured> results, List<Ran> controls, Meters all, int transfers)
      throws IOException {
    Files.createDirectories(folder);
    List<String> lines = new ArrayList<>();
    lines.add("# Fraud under stress");
    lines.add("");
    lines.add(
        String.format(
            Locale.ROOT,
            "Written by `FraudStressIT` at commit %s on %d cores, at a load average of %.0f; [the saga](../saga.md#fraud-under-stress) says how to read it.",
            GeneratedPages.commit(),
            Runtime.getRuntime().availableProcessors(),
            ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
    lines.add(
        "The load: %d reads of accounts at the ledger and %d transfers through the gateway, each second."
            .formatted(SteadyLoad.READS_PER_SECOND, SteadyLoad.TRANSFERS_PER_SECOND));
    lines.add("");
    lines.add("| healthy run | reads | p50 ms | p99 ms | slowest ms |");
    lines.add("| --- | --- | --- | --- | --- |");
    for (int i = 0; i < controls.size(); i++) {
      Ran control = controls.get(i);
      lines.add(
          String.format(
              Locale.ROOT,
              "| %d | %,d | %.1f | %.1f | %.1f |",
              i + 1,
              control.samples(),
              control.percentile(50),
              control.percentile(99),
              control.percentile(100)));
    }
    lines.add("");
    lines.add(
        "| fault | reads | p99 ms | healthy p99 ms | slower | transfers were told | questions that reached fraud ÷ transfers | repeats | breaker opened · tried · opened again · closed | threads, ledger / fraud | heap MB, ledger / fraud |");
    lines.add("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    results.forEach(each -> lines.add(each.line()));
    lines.add("");
    lines.add(
        String.format(
            Locale.ROOT,
            "In the whole run %,d questions reached fraud-service for %,d transfers, %.3f each; %,d of those that the ledger sent were repeats.",
            (long) all.reached(),
            transfers,
            all.reached() / transfers,
            (long) all.askedAgain()));
    Files.writeString(folder.resolve("fraud-stress.md"), String.join("\n", lines) + "\n");
  }
}
