package dev.payledger.system.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.stack.Service;
import dev.payledger.system.GeneratedPages;
import dev.payledger.system.Stack;
import dev.payledger.system.load.StackOverload.Call;
import dev.payledger.system.load.StackOverload.Kind;
import dev.payledger.system.load.StackOverload.Phase;
import dev.payledger.system.load.WireClient.Reply;
import dev.payledger.testkit.Measures;
import dev.payledger.testkit.Seed;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Three times as much as the real stack can take. What it can take is found first; how much of
/// that is left is written down and not asserted, for it depends on the machine. That money is
/// right does not.
@Measures
class StackOverloadIT extends Stack {
  private static final int ACCOUNTS = 20;
  private static final long FUNDED_MINOR = 1_000_000;
  private static final int[] RAMP = {4, 8, 16, 32, 64, 128};
  private static final Duration WARM_UP = Duration.ofSeconds(10);
  private static final Duration STEP = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final Duration ANSWER_BOUND = Duration.ofSeconds(20);
  private static final int RECOVERY_SECONDS_MAX = 10;

  /// Fewer than the gateway has connections for: who finds none is not sent, and counted.
  private static final int AT_ONCE_MAX = 1_800;

  private static final String PATIENT = "Request-Timeout-Ms: " + PATIENCE.toMillis();

  private final RandomGenerator random = Seed.next().random();
  private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
  private final AtomicInteger notSent = new AtomicInteger();
  private List<String> alices = List.of();
  private List<String> bobs = List.of();

  @BeforeAll
  static void nobodyMeetsAQuota() throws IOException {
    liftRateLimits();
  }

  @AfterAll
  static void theDemosLimits() throws IOException {
    restoreRateLimits();
  }

  @Test
  void threefoldLoadKeepsBooksRightAndStackRecovers() throws Exception {
    alices = Stream.generate(() -> account("alice", FUNDED_MINOR)).limit(ACCOUNTS).toList();
    bobs = Stream.generate(() -> account("bob", 0)).limit(ACCOUNTS).toList();
    Map<Integer, Double> ramp = new TreeMap<>();
    double rejectionMillis;
    try (WireClient gateway = new WireClient(stack().url(Service.GATEWAY), ANSWER_BOUND)) {
      closed(gateway, 32, WARM_UP);
      for (int callers : RAMP) {
        ramp.put(callers, closed(gateway, callers, STEP));
      }
      double peak = ramp.values().stream().mapToDouble(Double::doubleValue).max().orElseThrow();
      rejectionMillis = open(gateway, peak);
    }
    List<Call> all = List.copyOf(calls);
    StackOverload overload = new StackOverload(all, PATIENCE, ramp, notSent.get(), rejectionMillis);
    overload.write(Path.of("target"));
    System.out.println(overload);

    assertThat(all.stream().filter(call -> !call.mayBeHeard())).isEmpty();
    everyKeyHasTheTransferItsCallerWasToldOf(all, alices, bobs);
    assertThat(overload.recoverySeconds())
        .as("see target/overload-real.md")
        .isLessThanOrEqualTo(RECOVERY_SECONDS_MAX);
    checkBooks();
    overload.write(GeneratedPages.FOLDER);
  }

  /// As many callers all of the time; returns how many good answers there were in a second.
  private double closed(WireClient gateway, int callers, Duration time) throws Exception {
    long began = System.nanoTime();
    long end = began + time.toNanos();
    int good = 0;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> counts = new ArrayList<>();
      for (int i = 0; i < callers; i++) {
        RandomGenerator own = new Seed(random.nextLong()).random();
        counts.add(
            threads.submit(
                () -> {
                  int count = 0;
                  while (System.nanoTime() < end) {
                    Call call = call(gateway, own, Phase.RAMP, 0, System.nanoTime());
                    count += call.isGood() ? 1 : 0;
                  }
                  return count;
                }));
      }
      for (Future<Integer> count : counts) {
        good += count.get();
      }
    }
    return good / ((System.nanoTime() - began) / 1e9);
  }

  /// They come when they come. Returns the median time to a refusal, in the gateway's own measure.
  private double open(WireClient gateway, double peak) throws Exception {
    Semaphore places = new Semaphore(AT_ONCE_MAX);
    Future<Double> rejectionMillis = null;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      long start = System.nanoTime();
      for (Phase phase : Phase.open()) {
        long due = start + phase.from().toNanos();
        long end = due + phase.lasts().toNanos();
        while (true) {
          // Independent callers: exponential times between them.
          due += (long) (-Math.log(1 - random.nextDouble()) / (phase.load() * peak) * 1e9);
          if (due >= end) {
            break;
          }
          for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
          }
          int second = (int) ((due - start) / 1_000_000_000L);
          if (!places.tryAcquire()) {
            notSent.incrementAndGet();
            continue;
          }
          RandomGenerator own = new Seed(random.nextLong()).random();
          long dueThen = due;
          threads.execute(
              () -> {
                call(gateway, own, phase, second, dueThen);
                places.release();
              });
        }
        if (phase == Phase.OVERLOAD) {
          // Beside the load that comes now: asking takes its time.
          rejectionMillis = threads.submit(StackOverloadIT::rejectionMedianMillis);
        }
      }
    }
    return rejectionMillis.get();
  }

  private static double rejectionMedianMillis() {
    return metrics(Service.GATEWAY)
        .lines()
        .filter(line -> line.startsWith("gateway_shedding_rejected_seconds{quantile=\"0.5\"}"))
        .mapToDouble(line -> 1_000 * Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .findFirst()
        .orElse(Double.NaN);
  }

  private Call call(WireClient gateway, RandomGenerator own, Phase phase, int second, long due) {
    Kind kind = Kind.of(own.nextDouble());
    String alice = alices.get(own.nextInt(ACCOUNTS));
    byte[] request =
        switch (kind) {
          case MONEY ->
              WireClient.post(
                  "/v1/transfers",
                  token("alice"),
                  body(alice, bobs.get(own.nextInt(ACCOUNTS)), 1),
                  PATIENT,
                  "Idempotency-Key: " + key());
          case READ -> WireClient.get("/v1/accounts/" + alice, token("alice"), PATIENT);
          case FEED ->
              WireClient.get("/v1/accounts/" + alice + "/feed?limit=20", token("alice"), PATIENT);
        };
    Call call;
    try {
      Reply reply = gateway.send(request);
      boolean isInTime = System.nanoTime() - due <= PATIENCE.toNanos();
      call = new Call(phase, second, kind, request, reply, isInTime);
    } catch (IOException e) {
      call = new Call(phase, second, kind, request, Call.NO_ANSWER, false);
    }
    calls.add(call.inShort());
    return call;
  }

  /// Who was refused has none, and who was not told an end asks until there is one.
  private static void everyKeyHasTheTransferItsCallerWasToldOf(
      List<Call> all, List<String> alices, List<String> bobs) throws Exception {
    List<Call> payments =
        all.stream().filter(call -> call.kind() == Kind.MONEY && !call.isRefused()).toList();
    List<String> ids = new ArrayList<>();
    try (WireClient gateway = new WireClient(stack().url(Service.GATEWAY), ANSWER_BOUND);
        ExecutorService threads = Executors.newFixedThreadPool(16)) {
      ManyCallers callers = new ManyCallers(List.of(gateway));
      List<Future<Reply>> ends = new ArrayList<>();
      for (Call payment : payments) {
        if (payment.reply().status() == 201) {
          ids.add(payment.transferId());
        } else {
          ends.add(threads.submit(() -> callers.ask(payment.request(), 0)));
        }
      }
      for (Future<Reply> end : ends) {
        assertThat(end.get().status()).as(end.get().body()).isEqualTo(201);
        ids.add(Call.transferId(end.get()));
      }
    }
    assertThat(ids).doesNotHaveDuplicates();
    assertThat(posted(alices)).containsExactlyInAnyOrderElementsOf(ids);
    assertThat(bobs.stream().mapToLong(Stack::balanceMinor).sum()).isEqualTo(ids.size());
  }

  private static Set<String> posted(List<String> alices) throws SQLException {
    Set<String> ids = new HashSet<>();
    try (Connection connection = stack().postgres().superuser("ledger");
        var statement =
            connection.prepareStatement(
                "SELECT id FROM transfer WHERE debit_account_id = ANY (?::uuid[])")) {
      statement.setArray(1, connection.createArrayOf("uuid", alices.toArray()));
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          ids.add(row.getString(1));
        }
      }
    }
    return ids;
  }
}
