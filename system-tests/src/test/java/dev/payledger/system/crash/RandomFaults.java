package dev.payledger.system.crash;

import dev.payledger.stack.LocalStack;
import dev.payledger.stack.Service;
import dev.payledger.stack.server.TcpProxy;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/// Faults at random: which process, what and when is drawn before the first one happens, so that a
/// seed has one schedule. They overlap, though not at one process.
final class RandomFaults {
  private static final Duration FIRST = Duration.ofSeconds(5);
  private static final int GAP_MIN_MILLIS = 3_000;
  private static final int GAP_MAX_MILLIS = 9_000;

  /// How long a process is left alone after a fault: not long enough to start again.
  private static final Duration BREATH = Duration.ofSeconds(3);

  /// What happens to a process.
  enum Kind {
    /// It is gone, and started again at once.
    KILL("kill -9", Duration.ZERO),
    /// It is frozen past every lease of the stack under test, and wakes.
    SLEEP("asleep for 6 s", Duration.ofSeconds(6)),
    /// For longer than the journal waits, its database hears nothing of it and it nothing of its
    /// database; then what was sent arrives.
    CUT_OFF("cut off from PostgreSQL for 12 s", Duration.ofSeconds(12));

    private final String title;
    private final Duration length;

    Kind(String title, Duration length) {
      this.title = title;
      this.length = length;
    }

    String title() {
      return title;
    }
  }

  /// A process of a stack, by the name that the report gives it.
  record Victim(String name, LocalStack stack, Service service) {}

  record Card(Kind kind, Victim victim) {}

  /// @param at from the begin
  record Due(Duration at, Card card) {
    Duration over() {
      return at.plus(card.kind.length);
    }
  }

  /// One that happened.
  ///
  /// @param over when the process was started again, woken, or could reach its database
  record Fault(Kind kind, String victim, Instant began, Instant over) {
    String title() {
      return victim + " " + kind.title();
    }
  }

  private final List<Card> deck = new ArrayList<>();
  private final Map<Victim, TcpProxy> toDatabase = new HashMap<>();

  void kills(Victim victim) {
    deck.add(new Card(Kind.KILL, victim));
  }

  void sleeps(Victim victim) {
    deck.add(new Card(Kind.SLEEP, victim));
  }

  void cutsOff(Victim victim, TcpProxy wire) {
    deck.add(new Card(Kind.CUT_OFF, victim));
    toDatabase.put(victim, wire);
  }

  /// Drawn from a deck without putting back, so that each fault comes about as often as any other.
  List<Due> schedule(RandomGenerator random, Duration length) {
    List<Due> schedule = new ArrayList<>();
    Map<Victim, Duration> busyUntil = new HashMap<>();
    List<Card> left = new ArrayList<>();
    for (Duration at = FIRST;
        at.compareTo(length) < 0;
        at = at.plusMillis(random.nextInt(GAP_MIN_MILLIS, GAP_MAX_MILLIS))) {
      if (left.isEmpty()) {
        left.addAll(deck);
        Collections.shuffle(left, Random.from(random));
      }
      Duration now = at;
      Optional<Card> drawn =
          left.stream()
              .filter(
                  card -> busyUntil.getOrDefault(card.victim(), Duration.ZERO).compareTo(now) <= 0)
              .findFirst();
      if (drawn.isPresent()) {
        Card card = drawn.get();
        left.remove(card);
        Due due = new Due(now, card);
        schedule.add(due);
        busyUntil.put(card.victim(), due.over().plus(BREATH));
      }
    }
    return schedule;
  }

  /// Lets them happen, and returns when the last one is over.
  ///
  /// @param length of the time in which they begin
  List<Fault> run(RandomGenerator random, Duration length)
      throws ExecutionException, InterruptedException {
    List<Future<Fault>> begun = new ArrayList<>();
    List<Fault> happened = new ArrayList<>();
    try (ScheduledExecutorService clock = Executors.newScheduledThreadPool(2 * deck.size())) {
      for (Due due : schedule(random, length)) {
        Callable<Fault> fault = () -> happen(due.card(), clock);
        begun.add(clock.schedule(fault, due.at().toMillis(), TimeUnit.MILLISECONDS));
      }
      for (Future<Fault> fault : begun) {
        happened.add(fault.get());
      }
    }
    return happened;
  }

  private Fault happen(Card card, ScheduledExecutorService clock)
      throws IOException, ExecutionException, InterruptedException {
    LocalStack stack = card.victim().stack();
    Service service = card.victim().service();
    Instant began = Instant.now();
    switch (card.kind()) {
      case KILL -> {
        stack.kill(service);
        stack.start(service);
      }
      case SLEEP -> {
        stack.suspend(service);
        after(
            card,
            clock,
            () -> {
              stack.resume(service);
              return card;
            });
      }
      case CUT_OFF -> {
        TcpProxy wire = toDatabase.get(card.victim());
        wire.blackHole();
        after(
            card,
            clock,
            () -> {
              wire.heal();
              return card;
            });
      }
    }
    Fault fault = new Fault(card.kind(), card.victim().name(), began, Instant.now());
    System.out.println(fault.began() + " " + fault.title());
    return fault;
  }

  private static void after(Card card, ScheduledExecutorService clock, Callable<Card> end)
      throws ExecutionException, InterruptedException {
    clock.schedule(end, card.kind().length.toMillis(), TimeUnit.MILLISECONDS).get();
  }
}
