package dev.payledger.failpoints;

import dev.payledger.failpoints.Probe.Hook;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Follows each thread from probe to probe and tells when it passes an armed point. Called by the code
/// that `ProbedClasses` puts into the services' methods; hence public, and never throwing.
public final class Passing {
  private static final AtomicReference<@Nullable Armed> ARMED = new AtomicReference<>();
  private static final ThreadLocal<Passing> PASSINGS = ThreadLocal.withInitial(Passing::new);

  record Armed(CrashPoint point, Fault fault) {}

  /// What the transaction at hand commits.
  private final Set<Failpoint> uncommitted = EnumSet.noneOf(Failpoint.class);

  /// What the request at hand has committed and not answered.
  private final Set<Failpoint> unanswered = EnumSet.noneOf(Failpoint.class);

  private List<?> commands = List.of();

  private Passing() {}

  static void arm(Armed armed) {
    ARMED.set(armed);
  }

  /// At the begin of a probed method, or before a probed call (then there are no arguments).
  public static void began(String hook, @Nullable Object[] arguments) {
    try {
      PASSINGS.get().began(Hook.valueOf(hook), arguments);
    } catch (ReflectiveOperationException | RuntimeException e) {
      complain(hook, e);
    }
  }

  /// At its return, or after a probed call.
  public static void ended(@Nullable Object result, String hook, @Nullable Object[] arguments) {
    try {
      PASSINGS.get().ended(Hook.valueOf(hook), arguments, result);
    } catch (ReflectiveOperationException | RuntimeException e) {
      complain(hook, e);
    }
  }

  private static void complain(String hook, Exception e) {
    System.err.println("failpoints: probe " + hook + " does not work: " + e);
  }

  private void began(Hook hook, @Nullable Object[] arguments) throws ReflectiveOperationException {
    switch (hook) {
      case BATCH -> {
        uncommitted.clear();
        commands = (List<?>) argument(arguments, 1);
      }
      case JOURNAL_COMMIT -> beforeCommit();
      case SAGA_CLAIM -> uncommitted.add(Failpoint.SAGA_CLAIMED);
      case SAGA_RELEASE -> uncommitted.add(Failpoint.SAGA_RELEASED);
      case RELEASE_CLAIM -> uncommitted.add(Failpoint.RELEASE_CLAIMED);
      case RELEASE_NOTE -> uncommitted.add(Failpoint.RELEASE_NOTED);
      case REVIEW_DECISION -> uncommitted.add(Failpoint.REVIEW_DECIDED);
      case ASSESS -> {
        if (!uncommitted.contains(Failpoint.ASSESSED_AFTERWARDS)) {
          uncommitted.add(Failpoint.ASSESSED);
        }
      }
      case ASSESS_AFTERWARDS -> uncommitted.add(Failpoint.ASSESSED_AFTERWARDS);
      case RELEASE -> uncommitted.add(Failpoint.RELEASED);
      case LEARN -> uncommitted.add(Failpoint.LEARNED);
      case FRAUD_REVIEW_DECISION -> uncommitted.add(Failpoint.FRAUD_REVIEW_DECIDED);
      case TRANSACTION_COMMIT -> {
        if (isOutermost(argument(arguments, 1))) {
          beforeCommit();
        }
      }
      case TRANSACTION_ROLLBACK -> uncommitted.clear();
      case KEY_CLAIM -> pass(Failpoint.KEY_CLAIMED, Position.BEFORE);
      case KEY_ANSWER -> pass(Failpoint.ANSWER_STORED, Position.BEFORE);
      case KEY_RELEASE -> pass(Failpoint.KEY_RELEASED, Position.BEFORE);
      case PUBLISH -> published(arguments, Position.BEFORE);
      case OFFSET -> offset(Position.BEFORE);
      case REQUEST -> {
        uncommitted.clear();
        unanswered.clear();
      }
      case DECISIONS, SUBMIT, APPLY -> {}
    }
  }

  private void ended(Hook hook, @Nullable Object[] arguments, @Nullable Object result)
      throws ReflectiveOperationException {
    switch (hook) {
      case DECISIONS -> decided((List<?>) Objects.requireNonNull(result));
      case JOURNAL_COMMIT -> afterCommit();
      case SUBMIT ->
          Failpoint.ofDecision(name(argument(arguments, 1)), name(Objects.requireNonNull(result)))
              .ifPresent(unanswered::add);
      case APPLY -> {
        if (Boolean.TRUE.equals(result)) {
          uncommitted.add(Failpoint.APPLIED);
        }
      }
      case TRANSACTION_COMMIT -> {
        if (isOutermost(argument(arguments, 1))) {
          afterCommit();
        }
      }
      case KEY_CLAIM -> {
        if (name(Objects.requireNonNull(result)).equals("Granted")) {
          pass(Failpoint.KEY_CLAIMED, Position.AFTER_COMMIT);
        }
      }
      case KEY_ANSWER -> committed(Failpoint.ANSWER_STORED);
      case KEY_RELEASE -> committed(Failpoint.KEY_RELEASED);
      case PUBLISH -> published(arguments, Position.AFTER_COMMIT);
      case OFFSET -> offset(Position.AFTER_COMMIT);
      case REQUEST -> {
        unanswered.forEach(failpoint -> pass(failpoint, Position.AFTER_REPLY));
        unanswered.clear();
      }
      case BATCH,
          SAGA_CLAIM,
          SAGA_RELEASE,
          RELEASE_CLAIM,
          RELEASE_NOTE,
          REVIEW_DECISION,
          ASSESS,
          ASSESS_AFTERWARDS,
          RELEASE,
          LEARN,
          FRAUD_REVIEW_DECISION,
          TRANSACTION_ROLLBACK -> {}
    }
  }

  /// The journal has planned the batch: an outcome for each command, in the same order.
  private void decided(List<?> decisions) throws ReflectiveOperationException {
    uncommitted.clear();
    for (int i = 0; i < Math.min(commands.size(), decisions.size()); i++) {
      Object outcome = call(decisions.get(i), "outcome");
      Failpoint.ofDecision(name(commands.get(i)), name(outcome)).ifPresent(uncommitted::add);
    }
  }

  private void beforeCommit() {
    uncommitted.forEach(failpoint -> pass(failpoint, Position.BEFORE));
  }

  private void afterCommit() {
    List<Failpoint> committed = new ArrayList<>(uncommitted);
    uncommitted.clear();
    committed.forEach(this::committed);
  }

  private void committed(Failpoint failpoint) {
    pass(failpoint, Position.AFTER_COMMIT);
    unanswered.add(failpoint);
  }

  /// The relay sends events and its own offsets through one kind of publisher.
  private static void published(@Nullable Object[] arguments, Position position)
      throws ReflectiveOperationException {
    List<?> records = (List<?>) argument(arguments, 1);
    if (!records.isEmpty()) {
      String topic = (String) call(records.getFirst(), "topic");
      pass(
          topic.startsWith("ledger.") ? Failpoint.PRODUCED : Failpoint.RELAY_OFFSET_STORED,
          position);
    }
  }

  /// The feed's or fraud screening's: a process is armed with its own failpoints only.
  private static void offset(Position position) {
    pass(Failpoint.NOTIFY_OFFSET_STORED, position);
    pass(Failpoint.FRAUD_OFFSET_STORED, position);
  }

  /// One passing uses the arming up: of two threads at the point the first one meets the fault.
  private static void pass(Failpoint failpoint, Position position) {
    Armed armed = ARMED.get();
    if (armed != null
        && armed.point().failpoint() == failpoint
        && armed.point().position() == position
        && ARMED.compareAndSet(armed, null)) {
      meet(armed);
    }
  }

  private static void meet(Armed armed) {
    System.out.println("failpoints: " + armed.fault() + " at " + armed.point());
    System.out.flush();
    switch (armed.fault()) {
      case KILL -> Runtime.getRuntime().halt(137);
      case STOP -> freeze();
    }
  }

  /// Returns when somebody has sent `-CONT`: the child that stops us is reaped after that.
  private static void freeze() {
    try {
      new ProcessBuilder("kill", "-STOP", Long.toString(ProcessHandle.current().pid()))
          .start()
          .waitFor();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean isOutermost(Object status) throws ReflectiveOperationException {
    return Boolean.TRUE.equals(call(status, "isNewTransaction"));
  }

  private static Object argument(@Nullable Object[] arguments, int index) {
    return Objects.requireNonNull(arguments[index]);
  }

  private static String name(Object value) {
    return value.getClass().getSimpleName();
  }

  /// The classes are the service's, and most of them package-private.
  private static Object call(Object target, String accessor) throws ReflectiveOperationException {
    for (Class<?> type = target.getClass(); type != null; type = type.getSuperclass()) {
      for (var method : type.getDeclaredMethods()) {
        if (method.getName().equals(accessor) && method.getParameterCount() == 0) {
          method.setAccessible(true);
          return Objects.requireNonNull(method.invoke(target));
        }
      }
    }
    throw new NoSuchMethodException(target.getClass() + "." + accessor);
  }
}
