package dev.payledger.system.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.OperatingSystemMXBean;
import dev.payledger.stack.Service;
import dev.payledger.system.GeneratedPages;
import dev.payledger.system.Stack;
import dev.payledger.system.load.NoisyNeighbours.Beside;
import dev.payledger.system.load.NoisyNeighbours.Ran;
import dev.payledger.system.load.WireClient.Reply;
import dev.payledger.testkit.Measures;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Alice pays bob and reads at a steady rate, through the gateway, with the limits as they are.
/// Beside her somebody does the worst that is known, one after the other.
@Measures
class NoisyNeighboursIT extends Stack {
  private static final int ROUNDS_MAX = 3;
  private static final Duration WARM_UP = Duration.ofSeconds(40);
  private static final Duration ALONE = Duration.ofSeconds(8);
  private static final Duration ANSWER_BOUND = Duration.ofSeconds(15);
  private static final int ACCOUNTS = 20;

  /// Far below the limits of one caller.
  private static final int CALLERS = 8;

  private static final OperatingSystemMXBean MACHINE =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private final AtomicInteger turn = new AtomicInteger();
  private List<String> debits = List.of();
  private List<String> credits = List.of();

  @BeforeAll
  static void theFirstStackIsAsItIsShipped() throws IOException {
    for (Service service : Service.values()) {
      stack().start(service);
    }
    // Another test may have put a wire of its own in between.
    stack()
        .with(
            Service.LEDGER,
            Map.of("POSTGRES_PORT", Integer.toString(stack().ports().of(Service.POSTGRES))));
    stack().stop(Service.LEDGER);
    stack().start(Service.LEDGER);
    Service.ours().forEach(stack()::awaitReady);
  }

  @Test
  void nothingThatOneCallerDoesIsFeltByAnother() throws Exception {
    debits = Stream.generate(() -> account("alice", 3_000_000)).limit(ACCOUNTS).toList();
    credits = Stream.generate(() -> account("bob", 0)).limit(ACCOUNTS).toList();
    Map<Neighbour, Beside> last = new EnumMap<>(Neighbour.class);
    try (WireClient gateway = new WireClient(stack().url(Service.GATEWAY), ANSWER_BOUND)) {
      run(gateway, WARM_UP);
      Set<Neighbour> left = EnumSet.allOf(Neighbour.class);
      for (int round = 1; round <= ROUNDS_MAX && !left.isEmpty(); round++) {
        for (Neighbour neighbour : List.copyOf(left)) {
          Beside beside = measure(gateway, neighbour, round);
          System.out.println(beside.line());
          last.put(neighbour, beside);
          if (beside.isGood()) {
            left.remove(neighbour);
          }
        }
      }
    }
    Collection<Beside> results = last.values();
    NoisyNeighbours.write(Path.of("target"), results);
    checkBooks();
    assertThat(results).allSatisfy(beside -> assertThat(beside.errors()).isZero());
    assertThat(results)
        .allSatisfy(beside -> assertThat(beside.isGood()).as(beside.line()).isTrue());
    NoisyNeighbours.write(GeneratedPages.FOLDER, results);
  }

  private Beside measure(WireClient gateway, Neighbour neighbour, int round) throws Exception {
    // The machine is not the same all the time: each has a quiet run of its own.
    Ran alone = run(gateway, ALONE);
    Ran beside;
    double busy;
    AtomicInteger calls = new AtomicInteger();
    try (Neighbour.Act act = neighbour.prepare();
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      MACHINE.getCpuLoad();
      SteadyLoad.atRate(
          neighbour.perSecond(),
          neighbour.callers(),
          neighbour.lasts(),
          callers,
          due -> {
            if (System.nanoTime() - due < neighbour.lasts().toNanos()) {
              act.call().make();
              calls.incrementAndGet();
            }
          });
      beside = run(gateway, neighbour.lasts());
      busy = MACHINE.getCpuLoad();
    }
    await().atMost(Duration.ofSeconds(60)).until(() -> pendingTransfers() == 0);
    return new Beside(neighbour, round, calls.get(), alone, beside, busy);
  }

  private Ran run(WireClient gateway, Duration time) {
    ConcurrentLinkedQueue<Double> reads = new ConcurrentLinkedQueue<>();
    ConcurrentLinkedQueue<Double> payments = new ConcurrentLinkedQueue<>();
    Map<String, Integer> errors = new ConcurrentHashMap<>();
    String token = token("alice");
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      SteadyLoad.atRate(
          NoisyNeighbours.READS_PER_SECOND,
          CALLERS,
          time,
          callers,
          due -> {
            String account = debits.get(turn.getAndIncrement() % debits.size());
            timed(
                gateway,
                WireClient.get("/v1/accounts/" + account, token),
                Set.of(200),
                due,
                reads,
                errors);
          });
      SteadyLoad.atRate(
          NoisyNeighbours.PAYMENTS_PER_SECOND,
          CALLERS,
          time,
          callers,
          due -> {
            int i = turn.getAndIncrement();
            String body = body(debits.get(i % ACCOUNTS), credits.get(i % ACCOUNTS), 100);
            timed(
                gateway,
                WireClient.post("/v1/transfers", token, body, "Idempotency-Key: " + key()),
                Set.of(201, 202),
                due,
                payments,
                errors);
          });
    }
    return new Ran(sorted(reads), sorted(payments), Map.copyOf(errors));
  }

  private static void timed(
      WireClient gateway,
      byte[] request,
      Set<Integer> good,
      long due,
      Collection<Double> millis,
      Map<String, Integer> errors) {
    try {
      Reply reply = gateway.send(request);
      if (!good.contains(reply.status())) {
        errors.merge(Integer.toString(reply.status()), 1, Integer::sum);
        System.out.println(reply.status() + " " + reply.body());
      }
    } catch (IOException e) {
      errors.merge(e.toString(), 1, Integer::sum);
    }
    millis.add((System.nanoTime() - due) / 1e6);
  }

  private static double[] sorted(Collection<Double> millis) {
    return millis.stream().mapToDouble(Double::doubleValue).sorted().toArray();
  }
}
