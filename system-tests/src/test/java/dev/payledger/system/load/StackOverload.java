package dev.payledger.system.load;

import dev.payledger.system.GeneratedPages;
import dev.payledger.system.load.WireClient.Reply;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/// What became of the calls, and the page that says so. Goodput counts answers that were a success
/// and came before their caller had gone; seconds are those in which a call fell due.
///
/// @param ramp good answers per second, by how many callers there were all of the time
/// @param notSent calls for which the callers had no connection left
/// @param rejectionMillis from arrival to refusal, in the gateway, median; NaN when it refused
///     nothing
record StackOverload(
    List<StackOverload.Call> calls,
    Duration patience,
    Map<Integer, Double> ramp,
    int notSent,
    double rejectionMillis) {
  /// Seconds that are looked at together.
  private static final int TOGETHER = 3;

  /// How much less success is still as much.
  private static final double LESS = 0.02;

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Set<String> HONEST =
      Set.of("temporary-reduced-capacity", "unavailable", "outcome-unknown");

  enum Kind {
    MONEY,
    READ,
    FEED;

    /// A fifth moves money, half reads, the rest looks at the feed.
    static Kind of(double uniform) {
      return uniform < 0.2 ? MONEY : uniform < 0.7 ? READ : FEED;
    }
  }

  /// Load in multiples of the peak that was found before.
  enum Phase {
    RAMP(0, 0, 0),
    BEFORE(0.5, 0, 8),
    OVERLOAD(3.0, 8, 30),
    AFTER(0.5, 38, 15);

    private final double load;
    private final int fromSecond;
    private final int seconds;

    Phase(double load, int fromSecond, int seconds) {
      this.load = load;
      this.fromSecond = fromSecond;
      this.seconds = seconds;
    }

    static List<Phase> open() {
      return List.of(BEFORE, OVERLOAD, AFTER);
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
  }

  /// @param second since the open loop began
  /// @param reply `NO_ANSWER` when there was none
  record Call(Phase phase, int second, Kind kind, byte[] request, Reply reply, boolean isInTime) {
    static final Reply NO_ANSWER = new Reply(0, Map.of(), "");

    /// Without what nobody asks for later: there are many.
    Call inShort() {
      return kind == Kind.MONEY || reply.status() == 503
          ? this
          : new Call(
              phase, second, kind, new byte[0], new Reply(reply.status(), Map.of(), ""), isInTime);
    }

    boolean isGood() {
      return isInTime && reply.status() == (kind == Kind.MONEY ? 201 : 200);
    }

    /// For certain nothing was done.
    boolean isRefused() {
      return reply.status() == 503 && code().equals("temporary-reduced-capacity");
    }

    /// What a client may hear in an overload: an answer, "not yet", an honest 503, or nothing.
    boolean mayBeHeard() {
      return switch (reply.status()) {
        case 0 -> true;
        case 200 -> kind != Kind.MONEY;
        case 201, 202, 409 -> kind == Kind.MONEY;
        case 503 -> HONEST.contains(code()) && !reply.header("retry-after").isEmpty();
        default -> false;
      };
    }

    String told() {
      return switch (reply.status()) {
        case 0 -> "no answer";
        case 503, 409 -> reply.status() + " " + code();
        default -> reply.status() + (isInTime ? "" : " too late");
      };
    }

    String transferId() {
      return transferId(reply);
    }

    static String transferId(Reply reply) {
      return JSON.readTree(reply.body()).get("id").asString();
    }

    private String code() {
      return JSON.readTree(reply.body()).path("code").asString("");
    }
  }

  double peak() {
    return ramp.values().stream().mapToDouble(Double::doubleValue).max().orElseThrow();
  }

  double goodputOfPeak() {
    return perSecond(Phase.OVERLOAD, Call::isGood) / peak();
  }

  /// Until the first three seconds, after the overload, in which about as many succeed as before
  /// it.
  int recoverySeconds() {
    double before = part(call -> call.phase == Phase.BEFORE);
    int second = 0;
    while (second <= Phase.AFTER.seconds - TOGETHER
        && successFrom(Phase.AFTER.fromSecond + second) < before - LESS) {
      second++;
    }
    return second;
  }

  private double successFrom(int second) {
    return part(
        call ->
            call.phase != Phase.RAMP && call.second >= second && call.second < second + TOGETHER);
  }

  private double perSecond(Phase phase, Predicate<Call> which) {
    return (double) calls.stream().filter(call -> call.phase == phase).filter(which).count()
        / phase.seconds;
  }

  private double part(Predicate<Call> of) {
    return calls.stream().filter(of).mapToInt(call -> call.isGood() ? 1 : 0).average().orElse(1);
  }

  private double part(Kind kind) {
    return part(call -> call.phase == Phase.OVERLOAD && call.kind == kind);
  }

  void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    int seconds = Phase.AFTER.fromSecond + Phase.AFTER.seconds;
    Files.writeString(
        folder.resolve("overload-real.md"),
        """
        # Overload of the real stack, measured

        Written by `StackOverloadIT` (`mvn verify -Pmeasured`) at commit %s on %d cores, at a load average of %.0f, which the callers share
        with gateway, ledger, fraud screening, relay, Kafka, feed and PostgreSQL. A fifth of the calls moves money, half read an account,
        the rest read a feed; who calls waits for %d s. Nothing here has a bound but recovery: [the overload of a service
        of known capacity](overload.md) has the goals.

        | callers all of the time | %s |
        | --- | %s |
        | good answers per second | %s |

        The best of them is the peak. Then calls come when they come: half as many as that, three times as many for %d s, and half as many again.

        | while three times as many come | |
        | --- | --- |
        | calls per second: came, were answered well | %.0f, %.0f |
        | goodput, of the peak | %s |
        | success: money | %s |
        | success: reads | %s |
        | success: feeds | %s |
        | money was told | %s |
        | payments that were refused and done, or asked for again and not done once | 0 |
        | not sent, for want of a connection | %d |
        | a rejection, median, from arrival to answer in the gateway | %.1f ms |
        | until about as many succeed as before (%s), afterwards | %d s |

        ```mermaid
        xychart-beta
          title "per second (first line: calls, second: answered well and in time)"
          x-axis "second" 0 --> %d
          y-axis "per second" 0 --> %d
          line [%s]
          line [%s]
        ```
        """
            .formatted(
                GeneratedPages.commit(),
                Runtime.getRuntime().availableProcessors(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                patience.toSeconds(),
                ramp.keySet().stream().map(String::valueOf).collect(Collectors.joining(" | ")),
                ramp.keySet().stream().map(callers -> "---").collect(Collectors.joining(" | ")),
                ramp.values().stream()
                    .map(rate -> "%.0f".formatted(rate))
                    .collect(Collectors.joining(" | ")),
                Phase.OVERLOAD.seconds,
                perSecond(Phase.OVERLOAD, call -> true),
                perSecond(Phase.OVERLOAD, Call::isGood),
                percent(goodputOfPeak()),
                percent(part(Kind.MONEY)),
                percent(part(Kind.READ)),
                percent(part(Kind.FEED)),
                told(Phase.OVERLOAD, Kind.MONEY),
                notSent,
                rejectionMillis,
                percent(part(call -> call.phase == Phase.BEFORE)),
                recoverySeconds(),
                seconds - 1,
                (int) Math.ceil(peak() * 3.5 / 100) * 100,
                perSecond(call -> true),
                perSecond(Call::isGood)));
  }

  private String perSecond(Predicate<Call> which) {
    int[] counts = new int[Phase.AFTER.fromSecond + Phase.AFTER.seconds];
    calls.stream()
        .filter(call -> call.phase != Phase.RAMP)
        .filter(which)
        .forEach(call -> counts[call.second]++);
    return IntStream.of(counts).mapToObj(Integer::toString).collect(Collectors.joining(", "));
  }

  private String told(Phase phase, Kind kind) {
    Map<String, Integer> told = new TreeMap<>();
    calls.stream()
        .filter(call -> call.phase == phase && call.kind == kind)
        .forEach(call -> told.merge(call.told(), 1, Integer::sum));
    return told.entrySet().stream()
        .map(each -> "%,d × %s".formatted(each.getValue(), each.getKey()))
        .collect(Collectors.joining(", "));
  }

  private static String percent(double part) {
    return String.format(Locale.ROOT, "%.0f %%", 100 * part);
  }

  @Override
  public String toString() {
    return "ramp %s, money before was told %s, money then %s, goodput %.2f of the peak, %s, rejection %.2f ms, recovery %d s, not sent %d"
        .formatted(
            ramp,
            told(Phase.BEFORE, Kind.MONEY),
            told(Phase.OVERLOAD, Kind.MONEY),
            goodputOfPeak(),
            Arrays.stream(Kind.values()).map(kind -> kind + " " + percent(part(kind))).toList(),
            rejectionMillis,
            recoverySeconds(),
            notSent);
  }
}
