package dev.payledger.system.load;

import dev.payledger.stack.Service;
import dev.payledger.system.Stack;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/// The same load whatever becomes of it: reads of accounts at the ledger and transfers through the
/// gateway, each at its own fixed rate. Each is timed from when it was due, so that a stall counts
/// for all who would have come during it.
final class SteadyLoad {
  static final int READS_PER_SECOND = 400;
  static final int TRANSFERS_PER_SECOND = 25;

  /// Who calls at once at most: a machine that cannot keep up is not buried.
  private static final int READERS = 16;

  private static final int PAYERS = 64;

  /// At the offline limit; above it; above what fraud screening declines.
  private static final long SMALL_MINOR = 5_000;

  private static final long LARGE_MINOR = 20_000;
  private static final long SUSPICIOUS_MINOR = 1_000_001;

  private static final Duration ANSWER_BOUND = Duration.ofSeconds(15);

  private final List<String> debits;
  private final List<String> credits;
  private final AtomicInteger turn = new AtomicInteger();

  /// The status of the answer, by the transfer's id.
  private final Map<UUID, Integer> told = new ConcurrentHashMap<>();

  SteadyLoad(List<String> debits, List<String> credits) {
    this.debits = debits;
    this.credits = credits;
  }

  /// @param readMillis how long each read took, sorted
  /// @param readsFailed those that were not answered with 200
  /// @param transfers answers to transfers by status
  record Ran(double[] readMillis, int readsFailed, Map<Integer, Integer> transfers) {
    int samples() {
      return readMillis.length;
    }

    double percentile(double percent) {
      return readMillis[(int) Math.ceil(percent / 100 * readMillis.length) - 1];
    }

    int transferCount() {
      return transfers.values().stream().mapToInt(Integer::intValue).sum();
    }
  }

  /// The transfers that were answered with the status.
  Set<UUID> told(int status) {
    return told.entrySet().stream()
        .filter(each -> each.getValue() == status)
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /// Returns when everything that was sent is answered or given up.
  Ran run(Duration time) {
    ConcurrentLinkedQueue<Double> millis = new ConcurrentLinkedQueue<>();
    AtomicInteger failed = new AtomicInteger();
    Map<Integer, Integer> transfers = new ConcurrentHashMap<>();
    String token = Stack.token("operator");
    try (HttpClient http = HttpClient.newHttpClient();
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      atRate(
          READS_PER_SECOND,
          READERS,
          time,
          callers,
          due -> {
            if (!isRead(http, token)) {
              failed.incrementAndGet();
            }
            millis.add((System.nanoTime() - due) / 1e6);
          });
      atRate(
          TRANSFERS_PER_SECOND,
          PAYERS,
          time,
          callers,
          due -> transfers.merge(pay(), 1, Integer::sum));
    }
    return new Ran(
        millis.stream().mapToDouble(Double::doubleValue).sorted().toArray(),
        failed.get(),
        Map.copyOf(transfers));
  }

  interface Step {
    void take(long due);
  }

  /// The callers take the next step each, when it is due or, if all of them are busy then, later.
  static void atRate(int perSecond, int callerCount, Duration time, Executor callers, Step step) {
    long began = System.nanoTime();
    long count = perSecond * time.toMillis() / 1_000;
    AtomicLong next = new AtomicLong();
    for (int caller = 0; caller < callerCount; caller++) {
      callers.execute(
          () -> {
            for (long i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
              long due = began + i * 1_000_000_000L / perSecond;
              for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
              }
              step.take(due);
            }
          });
    }
  }

  private boolean isRead(HttpClient http, String token) {
    URI url =
        URI.create(
            Stack.stack().url(Service.LEDGER)
                + "/v1/accounts/"
                + debits.get(turn.getAndIncrement() % debits.size()));
    try {
      return http.send(
                  HttpRequest.newBuilder(url)
                      .version(HttpClient.Version.HTTP_1_1)
                      .timeout(ANSWER_BOUND)
                      .header("Authorization", "Bearer " + token)
                      .build(),
                  HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// Of ten transfers five are small, four large, and one is suspicious.
  private int pay() {
    int i = turn.getAndIncrement();
    long amountMinor =
        switch (Math.floorMod(i * 7, 10)) {
          case 0, 1, 2, 3, 4 -> SMALL_MINOR;
          case 9 -> SUSPICIOUS_MINOR;
          default -> LARGE_MINOR;
        };
    Stack.Answer answer =
        Stack.transfer(
            "alice",
            Stack.key(),
            debits.get(i % debits.size()),
            credits.get(i % credits.size()),
            amountMinor);
    if (Set.of(201, 202, 422).contains(answer.status())) {
      String id = answer.text("id").isEmpty() ? answer.text("transferId") : answer.text("id");
      told.put(UUID.fromString(id), answer.status());
    }
    return answer.status();
  }
}
