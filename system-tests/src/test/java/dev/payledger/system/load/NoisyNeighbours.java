package dev.payledger.system.load;

import dev.payledger.system.GeneratedPages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// What one customer saw of another, and the page that says so.
final class NoisyNeighbours {
  static final int READS_PER_SECOND = 60;
  static final int PAYMENTS_PER_SECOND = 20;
  private static final double SLOWER_MAX = 2;

  /// What nobody notices, however much slower it is than nothing.
  private static final double UNNOTICED_MILLIS = 50;

  /// From here on the machine is the reason.
  private static final double BUSY = 0.9;

  private NoisyNeighbours() {}

  /// Times of the answers, sorted.
  ///
  /// @param errors how many of each
  record Ran(double[] readMillis, double[] paymentMillis, Map<String, Integer> errors) {
    double readP99() {
      return p99(readMillis);
    }

    double paymentP99() {
      return p99(paymentMillis);
    }

    private static double p99(double[] millis) {
      return millis[(int) Math.ceil(0.99 * millis.length) - 1];
    }
  }

  /// @param calls of the neighbour
  /// @param busy of all cores, while it was there: 0 to 1
  record Beside(Neighbour neighbour, int round, int calls, Ran alone, Ran beside, double busy) {
    int errors() {
      return beside.errors().values().stream().mapToInt(Integer::intValue).sum();
    }

    /// Within the bound, or with a reason that was measured.
    boolean isGood() {
      return errors() == 0
          && (isAsQuick(alone.readP99(), beside.readP99()) || isMachineBusy())
          && (isAsQuick(alone.paymentP99(), beside.paymentP99())
              || isMachineBusy()
              || !neighbour.whyPaymentsAreSlower().isEmpty());
    }

    private boolean isMachineBusy() {
      return busy >= BUSY;
    }

    private static boolean isAsQuick(double alone, double beside) {
      return beside <= Math.max(SLOWER_MAX * alone, UNNOTICED_MILLIS);
    }

    private String why() {
      if (isAsQuick(alone.readP99(), beside.readP99())
          && isAsQuick(alone.paymentP99(), beside.paymentP99())) {
        return "";
      }
      return neighbour.whyPaymentsAreSlower().isEmpty() || isMachineBusy()
          ? "the machine has no more"
          : neighbour.whyPaymentsAreSlower();
    }

    String line() {
      return String.format(
          Locale.ROOT,
          "| %s | %,d | %d | %.0f → %.0f | %.0f → %.0f | %.0f %% | %s |",
          neighbour.title(),
          calls,
          errors(),
          alone.readP99(),
          beside.readP99(),
          alone.paymentP99(),
          beside.paymentP99(),
          100 * busy,
          why());
    }
  }

  static void write(Path folder, Collection<Beside> results) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve("noisy-neighbours.md"),
        """
        # Noisy neighbours

        Written by `NoisyNeighboursIT` (`mvn verify -Pmeasured`) at commit %s on %d cores, which the callers share with the stack. One customer makes
        %d reads and %d payments a second through the gateway, with the limits as they are shipped; beside it somebody else does what the line says, as
        fast as answers come, up to a hundred times a second. Errors are the first customer's. The p99 is in milliseconds, alone and then beside, in the same round. The bound is twice
        as long, or %.0f ms; where it does not hold, the line says why: a machine that is %.0f %% busy has nothing to give, whoever is served first.

        | neighbour | its calls | others' errors | reads p99 | payments p99 | machine busy | slower because |
        | --- | --- | --- | --- | --- | --- | --- |
        %s
        """
            .formatted(
                GeneratedPages.commit(),
                Runtime.getRuntime().availableProcessors(),
                READS_PER_SECOND,
                PAYMENTS_PER_SECOND,
                UNNOTICED_MILLIS,
                100 * BUSY,
                results.stream().map(Beside::line).collect(Collectors.joining("\n"))));
  }
}
