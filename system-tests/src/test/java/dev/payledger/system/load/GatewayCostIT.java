package dev.payledger.system.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.stack.Service;
import dev.payledger.system.GeneratedPages;
import dev.payledger.system.Stack;
import dev.payledger.system.load.GatewayCost.Closed;
import dev.payledger.system.load.GatewayCost.Open;
import dev.payledger.system.load.GatewayCost.Round;
import dev.payledger.system.load.WireClient.Reply;
import dev.payledger.testkit.Measures;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What the way through the gateway costs: the same read of the same account with the same token
/// from the same connections, once at the ledger and once through the gateway, in turns.
@Measures
class GatewayCostIT extends Stack {
  private static final double RATE_MIN = 0.4;
  private static final int CONNECTIONS = 32;
  private static final int ROUNDS = 5;
  private static final Duration WARM_UP = Duration.ofSeconds(12);
  private static final Duration CLOSED = Duration.ofSeconds(8);
  private static final Duration OPEN = Duration.ofSeconds(8);
  private static final Duration ANSWER_BOUND = Duration.ofSeconds(15);

  /// The limits count, and refuse nobody: all of the reads are to be compared.
  private static final Map<String, String> ROOM =
      Map.of(
          "SHEDDING_LIMIT_MIN",
          Integer.toString(2 * CONNECTIONS),
          "SHEDDING_LIMIT_START",
          Integer.toString(2 * CONNECTIONS));

  @BeforeAll
  static void nobodyIsRefused() throws IOException {
    stack().with(Service.GATEWAY, ROOM);
    liftRateLimits();
  }

  @AfterAll
  static void theDemosLimits() throws IOException {
    stack().without(Service.GATEWAY, ROOM.keySet());
    restoreRateLimits();
  }

  @Test
  void gatewayReadsReachFourTenthsOfLedgerRate() throws Exception {
    String account = account("alice", 100_000);
    byte[] read = WireClient.get("/v1/accounts/" + account, token("alice"));
    List<Round> rounds = new ArrayList<>();
    try (WireClient ledger = new WireClient(stack().url(Service.LEDGER), ANSWER_BOUND);
        WireClient gateway = new WireClient(stack().url(Service.GATEWAY), ANSWER_BOUND)) {
      String body = whatIsRead(ledger, gateway, account, read);
      closed(ledger, read, body, WARM_UP);
      closed(gateway, read, body, WARM_UP);
      for (int round = 0; round < ROUNDS; round++) {
        Closed direct = closed(ledger, read, body, CLOSED);
        Closed through = closed(gateway, read, body, CLOSED);
        int perSecond = (int) (through.perSecond() / 2);
        rounds.add(
            new Round(
                direct,
                through,
                perSecond,
                open(ledger, read, perSecond),
                open(gateway, read, perSecond)));
        System.out.println(rounds.getLast().line(round + 1));
      }
    }
    GatewayCost cost = new GatewayCost(CONNECTIONS, rounds);
    cost.write(Path.of("target"));
    assertThat(cost.ratio())
        .as("gateway ÷ ledger; see target/gateway-cost.md")
        .isGreaterThanOrEqualTo(RATE_MIN);
    cost.write(GeneratedPages.FOLDER);
  }

  /// Both say the same, to this caller only, and the gateway counts it.
  private static String whatIsRead(
      WireClient ledger, WireClient gateway, String account, byte[] read) throws IOException {
    Reply direct = ledger.send(read);
    Reply through = gateway.send(read);
    assertThat(direct.status()).as(direct.body()).isEqualTo(200);
    assertThat(through.status()).as(through.body()).isEqualTo(200);
    assertThat(through.body()).isEqualTo(direct.body()).contains(account);
    assertThat(through.header("ratelimit-policy")).startsWith("\"reads\"");
    for (WireClient side : List.of(ledger, gateway)) {
      assertThat(side.send(WireClient.get("/v1/accounts/" + account, token("bob"))).status())
          .isEqualTo(404);
      assertThat(side.send(WireClient.get("/v1/accounts/" + account, "nobody")).status())
          .isEqualTo(401);
    }
    return direct.body();
  }

  /// Each connection asks again as soon as it was answered.
  private static Closed closed(WireClient side, byte[] read, String body, Duration time)
      throws Exception {
    Map<Service, Duration> before = cpu();
    long began = System.nanoTime();
    long end = began + time.toNanos();
    int reads = 0;
    try (ExecutorService callers = Executors.newFixedThreadPool(CONNECTIONS)) {
      List<Future<Integer>> counts = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        counts.add(
            callers.submit(
                () -> {
                  int count = 0;
                  while (System.nanoTime() < end) {
                    assertThat(side.send(read).body()).isEqualTo(body);
                    count++;
                  }
                  return count;
                }));
      }
      for (Future<Integer> count : counts) {
        reads += count.get();
      }
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    Map<Service, Duration> after = cpu();
    return new Closed(
        reads / seconds,
        millis(before, after, Service.GATEWAY) / reads,
        millis(before, after, Service.LEDGER) / reads,
        millis(before, after, Service.POSTGRES) / reads);
  }

  /// Reads come at their times, and are timed from then.
  private static Open open(WireClient side, byte[] read, int perSecond) {
    ConcurrentLinkedQueue<Double> millis = new ConcurrentLinkedQueue<>();
    try (ExecutorService callers = Executors.newFixedThreadPool(CONNECTIONS)) {
      SteadyLoad.atRate(
          perSecond,
          CONNECTIONS,
          OPEN,
          callers,
          due -> {
            try {
              if (side.send(read).status() == 200) {
                millis.add((System.nanoTime() - due) / 1e6);
              }
            } catch (IOException e) {
              // Missing in the count, which is compared below.
            }
          });
    }
    assertThat(millis).as("all were answered").hasSize((int) (perSecond * OPEN.toSeconds()));
    return new Open(millis.stream().mapToDouble(Double::doubleValue).sorted().toArray());
  }

  private static double millis(
      Map<Service, Duration> before, Map<Service, Duration> after, Service service) {
    return after.get(service).minus(before.get(service)).toNanos() / 1e6;
  }

  private static Map<Service, Duration> cpu() {
    return Map.of(
        Service.GATEWAY, cpu(Service.GATEWAY),
        Service.LEDGER, cpu(Service.LEDGER),
        Service.POSTGRES, cpu(Service.POSTGRES));
  }

  /// PostgreSQL is a family.
  private static Duration cpu(Service service) {
    ProcessHandle process = stack().process(service);
    return Stream.concat(Stream.of(process), process.descendants())
        .map(each -> each.info().totalCpuDuration().orElse(Duration.ZERO))
        .reduce(Duration.ZERO, Duration::plus);
  }
}
