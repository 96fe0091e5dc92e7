package dev.payledger.system.load;

import dev.payledger.stack.Service;
import dev.payledger.system.Stack;
import java.util.Arrays;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// What ledger and fraud-service say of themselves at one moment, or how that changed since
/// another.
///
/// @param asked questions that the ledger sent, for the first time or again
/// @param askedAgain those of them that repeated one
/// @param reached questions that fraud-service has received, by its own count
/// @param moves transitions of the breaker, indexed as `STATES` × `STATES`
/// @param isClosed whether the breaker is closed
record Meters(double asked, double askedAgain, double reached, double[] moves, boolean isClosed) {
  private static final String[] STATES = {"CLOSED", "OPEN", "HALF_OPEN"};

  static Meters read() {
    String ledger = Stack.metrics(Service.LEDGER);
    String fraud = Stack.metrics(Service.FRAUD);
    double[] moves = new double[STATES.length * STATES.length];
    for (int from = 0; from < STATES.length; from++) {
      for (int to = 0; to < STATES.length; to++) {
        moves[from * STATES.length + to] =
            sum(
                ledger,
                "ledger_screening_breaker_moved_total",
                "from=\"" + STATES[from] + "\"",
                "to=\"" + STATES[to] + "\"");
      }
    }
    return new Meters(
        sum(ledger, "ledger_screening_call_total", "operation=\"assess\""),
        sum(ledger, "ledger_screening_call_total", "operation=\"assess\"", "again=\"true\""),
        sum(fraud, "fraud_call_total", "operation=\"assess\""),
        moves,
        sum(ledger, "resilience4j_circuitbreaker_state", "name=\"fraud\"", "state=\"closed\"")
            == 1);
  }

  Meters since(Meters before) {
    double[] more = new double[moves.length];
    Arrays.setAll(more, i -> moves[i] - before.moves[i]);
    return new Meters(
        asked - before.asked,
        askedAgain - before.askedAgain,
        reached - before.reached,
        more,
        isClosed);
  }

  long moved(String from, String to) {
    return (long)
        moves[
            Arrays.asList(STATES).indexOf(from) * STATES.length
                + Arrays.asList(STATES).indexOf(to)];
  }

  private static double sum(String metrics, String name, String... labels) {
    return metrics
        .lines()
        .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
        .filter(line -> Arrays.stream(labels).allMatch(line::contains))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /// The most that was seen of threads and heap while watching, twice a second.
  static final class Peaks implements AutoCloseable {
    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor();
    private volatile double ledgerThreads;
    private volatile double fraudThreads;
    private volatile double ledgerHeapBytes;
    private volatile double fraudHeapBytes;

    Peaks() {
      watch.scheduleWithFixedDelay(this::look, 0, 500, TimeUnit.MILLISECONDS);
    }

    private void look() {
      String ledger = Stack.metrics(Service.LEDGER);
      String fraud = Stack.metrics(Service.FRAUD);
      ledgerThreads = Math.max(ledgerThreads, sum(ledger, "jvm_threads_live_threads"));
      fraudThreads = Math.max(fraudThreads, sum(fraud, "jvm_threads_live_threads"));
      ledgerHeapBytes =
          Math.max(ledgerHeapBytes, sum(ledger, "jvm_memory_used_bytes", "area=\"heap\""));
      fraudHeapBytes =
          Math.max(fraudHeapBytes, sum(fraud, "jvm_memory_used_bytes", "area=\"heap\""));
    }

    long ledgerThreads() {
      return (long) ledgerThreads;
    }

    long fraudThreads() {
      return (long) fraudThreads;
    }

    long ledgerHeapMegabytes() {
      return (long) ledgerHeapBytes >> 20;
    }

    long fraudHeapMegabytes() {
      return (long) fraudHeapBytes >> 20;
    }

    /// Ends the watch; what was seen stays.
    @Override
    public void close() {
      watch.close();
    }
  }
}
