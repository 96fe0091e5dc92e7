package dev.payledger.failpoints;

import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What runs in the process that is to die: places the probes the first time, and arms each time.
public final class FailpointAgent {
  private static final ReentrantLock LOCK = new ReentrantLock();
  private static @Nullable ProbedClasses probed;

  private FailpointAgent() {}

  /// Called by the JVM when somebody attaches.
  ///
  /// @param argument a point and a fault, as in `ledger.posted:after-commit kill`
  public static void agentmain(String argument, Instrumentation instrumentation)
      throws UnmodifiableClassException {
    String[] words = argument.split(" ", 2);
    CrashPoint point = CrashPoint.of(words[0]).orElseThrow();
    Fault fault = Fault.valueOf(words[1].toUpperCase(Locale.ROOT));
    LOCK.lock();
    try {
      if (probed == null) {
        probed = probe(instrumentation);
      }
    } finally {
      LOCK.unlock();
    }
    Passing.arm(new Passing.Armed(point, fault));
    System.out.println("failpoints: armed, " + fault + " at " + point);
    System.out.flush();
  }

  private static ProbedClasses probe(Instrumentation instrumentation)
      throws UnmodifiableClassException {
    ProbedClasses classes = new ProbedClasses();
    instrumentation.addTransformer(classes, true);
    // What is loaded later is probed as it comes.
    Class<?>[] loaded =
        Arrays.stream(instrumentation.getAllLoadedClasses())
            .filter(classes::isProbed)
            .toArray(Class<?>[]::new);
    if (loaded.length > 0) {
      instrumentation.retransformClasses(loaded);
    }
    List<Probe> missing =
        Arrays.stream(loaded).flatMap(type -> classes.missing(type).stream()).toList();
    if (!classes.failures().isEmpty() || !missing.isEmpty()) {
      throw new IllegalStateException(
          "cannot probe " + classes.failures() + ", no point for " + missing);
    }
    return classes;
  }
}
