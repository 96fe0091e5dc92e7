package dev.payledger.system.crash;

import static org.awaitility.Awaitility.await;

import dev.payledger.system.Stack;
import dev.payledger.system.crash.KeyedRequest.Movement;
import dev.payledger.system.crash.KeyedRequest.Wish;
import dev.payledger.testkit.Seed;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/// Callers of everything that moves money: they pay, pay several at once, hold, capture, void and
/// give back. Each asks again under its key, at one gateway and then at the next, until the
/// answer is final; some ask at two doors at once, and some ask again for what they know.
final class MixedLoad {
  private static final int CALLERS = 6;
  private static final Duration PAUSE = Duration.ofMillis(120);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /// More than fraud screening lets pass.
  private static final long SUSPICIOUS_MINOR = 1_000_001;

  /// More than may pass unscreened.
  private static final long SCREENED_MINOR = 5_001;

  private final List<URI> doors;
  private final List<String> alices;
  private final List<String> bobs;
  private final long richMinor;
  private final Queue<KeyedRequest> requests = new ConcurrentLinkedQueue<>();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final ScheduledExecutorService callers = Executors.newScheduledThreadPool(CALLERS);

  /// @param alices the accounts that pay
  /// @param bobs the accounts that are paid
  /// @param richMinor more than any of them has, minor units
  MixedLoad(List<URI> doors, List<String> alices, List<String> bobs, long richMinor) {
    this.doors = doors;
    this.alices = alices;
    this.bobs = bobs;
    this.richMinor = richMinor;
  }

  void start(RandomGenerator random) {
    for (int i = 0; i < CALLERS; i++) {
      Caller caller = new Caller(new Seed(random.nextLong()).random(), i);
      callers.scheduleWithFixedDelay(
          () -> {
            try {
              caller.wish();
            } catch (RuntimeException | AssertionError e) {
              failures.add(e);
            }
          },
          0,
          PAUSE.toMillis(),
          TimeUnit.MILLISECONDS);
    }
  }

  /// No new wishes from now on; what is open is asked for until it is final.
  void stop() {
    callers.shutdown();
  }

  boolean isSettled() {
    return callers.isTerminated() && requests.stream().allMatch(KeyedRequest::isFinal);
  }

  /// Of callers that could not go on.
  List<Throwable> failures() {
    return List.copyOf(failures);
  }

  List<KeyedRequest> requests() {
    return List.copyOf(requests);
  }

  /// One caller, with a gateway of its own that it tries first.
  private final class Caller {
    private final RandomGenerator random;
    private final int door;

    Caller(RandomGenerator random, int door) {
      this.random = random;
      this.door = door;
    }

    void wish() {
      int dice = random.nextInt(100);
      if (dice < 50) {
        pay(amountMinor());
      } else if (dice < 53) {
        pay(SUSPICIOUS_MINOR + random.nextInt(1_000));
      } else if (dice < 56) {
        pay(richMinor + random.nextInt(1_000));
      } else if (dice < 66) {
        payAll();
      } else if (dice < 76) {
        giveBack();
      } else {
        holdAndEnd();
      }
    }

    private long amountMinor() {
      return random.nextInt(8) == 0
          ? SCREENED_MINOR + random.nextInt(2_000)
          : 2 + random.nextInt(500);
    }

    private Movement movement(long amountMinor) {
      return new Movement(one(alices), one(bobs), amountMinor);
    }

    private String one(List<String> accounts) {
      return accounts.get(random.nextInt(accounts.size()));
    }

    private KeyedRequest pay(long amountMinor) {
      Movement movement = movement(amountMinor);
      return settle(
          new KeyedRequest(
              Wish.TRANSFER,
              "alice",
              "/v1/transfers",
              Stack.body(movement.debit(), movement.credit(), amountMinor),
              List.of(movement)));
    }

    private void payAll() {
      List<Movement> legs = new ArrayList<>();
      StringBuilder items = new StringBuilder();
      for (int i = 2 + random.nextInt(3); i > 0; i--) {
        Movement leg = movement(amountMinor());
        legs.add(leg);
        items
            .append(items.isEmpty() ? "" : ",")
            .append(
                "{\"debitAccountId\":\"%s\",\"creditAccountId\":\"%s\",\"amountMinor\":%d}"
                    .formatted(leg.debit(), leg.credit(), leg.amountMinor()));
      }
      settle(
          new KeyedRequest(
              Wish.LEGS,
              "alice",
              "/v1/transfers",
              "{\"legs\":[" + items + "],\"currency\":\"EUR\"}",
              legs));
    }

    private void giveBack() {
      KeyedRequest paid = pay(amountMinor());
      if (paid.isDone()) {
        Movement movement = paid.movements().getFirst();
        long backMinor = 1 + random.nextLong(movement.amountMinor());
        settle(
            new KeyedRequest(
                Wish.REVERSAL,
                "bob",
                "/v1/transfers/" + paid.transferId() + "/reversals",
                "{\"amountMinor\":" + backMinor + "}",
                List.of(new Movement(movement.credit(), movement.debit(), backMinor))));
      }
    }

    private void holdAndEnd() {
      Movement movement = movement(amountMinor());
      KeyedRequest held =
          settle(
              new KeyedRequest(
                  Wish.AUTHORIZATION,
                  "alice",
                  "/v1/transfers",
                  Stack.body(movement.debit(), movement.credit(), movement.amountMinor())
                      .replace("}", ",\"capture\":\"MANUAL\"}"),
                  List.of(movement)));
      if (!held.isDone()) {
        return;
      }
      long partMinor = 1 + random.nextLong(movement.amountMinor() - 1);
      switch (random.nextInt(5)) {
        case 0 -> settle(capture(held, movement, movement.amountMinor(), "{}"));
        case 1 ->
            settle(
                capture(
                    held,
                    movement,
                    partMinor,
                    "{\"amountMinor\":" + partMinor + ",\"final\":true}"));
        case 2 -> {
          settle(capture(held, movement, partMinor, "{\"amountMinor\":" + partMinor + "}"));
          settle(voided(held));
        }
        case 3 -> settle(voided(held));
        default -> {
          // One of the two is too late.
          KeyedRequest voided = voided(held);
          requests.add(voided);
          Thread other = Thread.ofVirtual().start(() -> askUntilFinal(voided, door + 1));
          settle(capture(held, movement, movement.amountMinor(), "{}"));
          join(other);
        }
      }
    }

    private KeyedRequest capture(
        KeyedRequest held, Movement movement, long amountMinor, String body) {
      return new KeyedRequest(
          Wish.CAPTURE,
          "alice",
          "/v1/transfers/" + held.transferId() + "/capture",
          body,
          List.of(new Movement(movement.debit(), movement.credit(), amountMinor)));
    }

    private KeyedRequest voided(KeyedRequest held) {
      return new KeyedRequest(
          Wish.VOID, "alice", "/v1/transfers/" + held.transferId() + "/void", "{}", List.of());
    }

    private KeyedRequest settle(KeyedRequest request) {
      requests.add(request);
      if (random.nextInt(10) == 0) {
        Thread twice = Thread.ofVirtual().start(() -> request.ask(doorOf(door + 1)));
        request.ask(doorOf(door));
        join(twice);
      }
      askUntilFinal(request, door);
      if (random.nextInt(10) == 0) {
        request.ask(doorOf(door + 1));
      }
      return request;
    }
  }

  private void askUntilFinal(KeyedRequest request, int firstDoor) {
    AtomicInteger door = new AtomicInteger(firstDoor);
    await()
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(200))
        .until(
            () -> {
              request.ask(doorOf(door.getAndIncrement()));
              return request.isFinal();
            });
  }

  private URI doorOf(int number) {
    return doors.get(number % doors.size());
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
