package dev.payledger.gateway.shedding;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// What became of the calls of one run. Goodput counts answers that were a success and came before
/// their caller had gone; seconds are those in which a call fell due.
///
/// @param rejectionMedianMillis from arrival to refusal, in the gateway; NaN when it refused nothing
record OverloadReport(List<OverloadReport.Call> calls, double rejectionMedianMillis) {
  private static final Path PAGE = Path.of("../docs/generated/overload.md");

  record Call(int second, Kind kind, int status, boolean isInTime) {
    boolean isGood() {
      return status >= 200 && status < 300 && isInTime;
    }
  }

  enum Kind {
    MONEY("/v1/transfers", "alice"),
    READ("/v1/accounts", "alice"),
    REPORT("/v1/operator/trial-balance", "operator");

    private final String path;
    private final String client;

    Kind(String path, String client) {
      this.path = path;
      this.client = client;
    }

    /// A fifth moves money, half reads, the rest are reports.
    static Kind of(double uniform) {
      return uniform < 0.2 ? MONEY : uniform < 0.7 ? READ : REPORT;
    }

    String path() {
      return path;
    }

    String client() {
      return client;
    }
  }

  /// Load in multiples of the capacity.
  enum Phase {
    WARM_UP(0.5, 0, 4),
    PEAK(1.0, 4, 8),
    OVERLOAD(3.0, 12, 12),
    AFTER(0.5, 24, 14);

    private final double load;
    private final int fromSecond;
    private final int seconds;

    Phase(double load, int fromSecond, int seconds) {
      this.load = load;
      this.fromSecond = fromSecond;
      this.seconds = seconds;
    }

    double load() {
      return load;
    }

    Duration from() {
      return Duration.ofSeconds(fromSecond);
    }

    Duration lasts() {
      return Duration.ofSeconds(seconds);
    }

    boolean holds(Call call) {
      return call.second >= fromSecond && call.second < fromSecond + seconds;
    }
  }

  double goodputOfPeak() {
    return perSecond(Phase.OVERLOAD) / perSecond(Phase.PEAK);
  }

  double moneySuccess() {
    return part(call -> Phase.OVERLOAD.holds(call) && call.kind == Kind.MONEY);
  }

  /// Until the first second of the last phase from which on 99 % succeed.
  int recoverySeconds() {
    int last = Phase.AFTER.fromSecond + Phase.AFTER.seconds - 1;
    int recovered = last + 1;
    for (int second = last; second >= Phase.AFTER.fromSecond; second--) {
      int from = second;
      if (part(call -> call.second == from) < 0.99) {
        break;
      }
      recovered = second;
    }
    return recovered - Phase.AFTER.fromSecond;
  }

  private double perSecond(Phase phase) {
    return (double) calls.stream().filter(call -> phase.holds(call) && call.isGood()).count()
        / phase.seconds;
  }

  private double part(Predicate<Call> of) {
    return calls.stream().filter(of).mapToInt(call -> call.isGood() ? 1 : 0).average().orElse(1);
  }

  private double part(Kind kind) {
    return part(call -> Phase.OVERLOAD.holds(call) && call.kind == kind);
  }

  void write(OverloadReport without) throws IOException {
    Files.writeString(
        PAGE,
        """
        # Overload, measured

        Written by `OverloadIT.java` (`mvn verify -Pmeasured`). A service that works for ten requests at once, 50 ms each, and
        lets the others queue: 200 in a second. Independent callers, a fifth of them with money, half with
        reads, the rest with reports, who wait for a second. Half the capacity, then all of it, then three times as much, then half again.

        | while three times as many come as can be answered | with shedding | without | goal |
        | --- | --- | --- | --- |
        | goodput, of that at full load | %s | %s | ≥ 85 %% |
        | success: money | %s | %s | ≥ 99 %% |
        | success: reads | %s | %s | – |
        | success: reports | %s | %s | – |
        | a rejection, median, from arrival to answer in the gateway | %.1f ms | – | < 5 ms |
        | until 99 %% succeed again, afterwards | %d s | %d s | ≤ 10 s |

        ```mermaid
        xychart-beta
          title "answers in time, per second (first line: requests, then with, then without shedding)"
          x-axis "second" 0 --> %d
          y-axis "per second" 0 --> 700
          line [%s]
          line [%s]
          line [%s]
        ```
        """
            .formatted(
                percent(goodputOfPeak()),
                percent(without.goodputOfPeak()),
                percent(part(Kind.MONEY)),
                percent(without.part(Kind.MONEY)),
                percent(part(Kind.READ)),
                percent(without.part(Kind.READ)),
                percent(part(Kind.REPORT)),
                percent(without.part(Kind.REPORT)),
                rejectionMedianMillis(),
                recoverySeconds(),
                without.recoverySeconds(),
                Phase.AFTER.fromSecond + Phase.AFTER.seconds - 1,
                perSecond(call -> true),
                perSecond(Call::isGood),
                without.perSecond(Call::isGood)));
  }

  private String perSecond(Predicate<Call> which) {
    int[] counts = new int[Phase.AFTER.fromSecond + Phase.AFTER.seconds];
    calls.stream().filter(which).forEach(call -> counts[call.second]++);
    return IntStream.range(0, counts.length)
        .mapToObj(second -> Integer.toString(counts[second]))
        .collect(Collectors.joining(", "));
  }

  private static String percent(double part) {
    return String.format(Locale.ROOT, "%.0f %%", 100 * part);
  }

  @Override
  public String toString() {
    return "goodput %.2f of peak %.0f/s, money %.4f, rejection %.2f ms, recovery %d s, %s"
        .formatted(
            goodputOfPeak(),
            perSecond(Phase.PEAK),
            moneySuccess(),
            rejectionMedianMillis(),
            recoverySeconds(),
            Arrays.stream(Kind.values()).map(kind -> kind + " " + percent(part(kind))).toList());
  }
}
