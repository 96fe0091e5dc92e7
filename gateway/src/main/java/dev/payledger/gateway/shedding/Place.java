package dev.payledger.gateway.shedding;

import dev.payledger.gateway.forward.Answer;
import dev.payledger.gateway.forward.Forwarded;
import dev.payledger.gateway.forward.Permit;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A place of its caller's and one of those that an `Admission` has, or meanwhile one of `WaitPlaces`.
/// Used by the thread of its request alone.
final class Place implements Permit {
  private final CallerPlaces callers;
  private final Admission admission;
  private final WaitPlaces waits;
  private final String caller;
  private final Priority priority;
  private final String route;
  private int places;
  private boolean isHeld;
  private @Nullable Permit wait;

  Place(
      CallerPlaces callers,
      Admission admission,
      WaitPlaces waits,
      String caller,
      int weight,
      Priority priority,
      String route) {
    this.callers = callers;
    this.admission = admission;
    this.waits = waits;
    this.caller = caller;
    this.places = callers.placesFor(weight);
    this.priority = priority;
    this.route = route;
  }

  /// What came of asking for a place.
  enum Entry {
    ADMITTED,
    CALLER_HAS_TOO_MANY,
    FULL
  }

  /// The caller's own place comes first: who waits for that one keeps nobody else waiting.
  Entry enter(Duration timeLeft) throws InterruptedException {
    long start = System.nanoTime();
    if (!callers.enter(caller, places, timeLeft)) {
      return Entry.CALLER_HAS_TOO_MANY;
    }
    try {
      Duration left = timeLeft.minusNanos(System.nanoTime() - start);
      isHeld = admission.admit(priority, left.isNegative() ? Duration.ZERO : left);
      return isHeld ? Entry.ADMITTED : Entry.FULL;
    } finally {
      if (!isHeld) {
        callers.leave(caller, places);
      }
    }
  }

  @Override
  public void weighs(int weight) {
    int needed = callers.placesFor(weight);
    if (isHeld && needed < places) {
      callers.release(caller, places - needed);
      places = needed;
    }
  }

  @Override
  public void ended(Forwarded forwarded, long nanos) {
    switch (forwarded) {
      case Forwarded.Answered(Answer answer) when answer.status() < 300 ->
          admission.answered(route, nanos);
      case Forwarded.Answered(Answer answer) when answer.status() == 503 -> admission.refused();
      case Forwarded.Unknown _ -> admission.unanswered(route, nanos);
      case Forwarded.Answered _, Forwarded.NotSent _ -> {}
    }
  }

  @Override
  public void giveBack() {
    if (isHeld) {
      isHeld = false;
      admission.release();
      callers.leave(caller, places);
    }
    if (wait != null) {
      wait.giveBack();
      wait = null;
    }
  }

  @Override
  public boolean waitsInstead() {
    if (wait != null) {
      return true;
    }
    giveBack();
    try {
      wait = waits.enter(caller).orElse(null);
      return wait != null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public boolean isHeldAgain(Duration timeLeft) {
    if (isHeld) {
      return true;
    }
    // Early: it waits for places now, of which there is a bound too.
    giveBack();
    try {
      return enter(timeLeft) == Entry.ADMITTED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
