package dev.payledger.gateway.shedding;

import dev.payledger.gateway.forward.Answer;
import dev.payledger.gateway.forward.Forwarded;
import dev.payledger.gateway.forward.Permit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// One of the places that an `Admission` has.
final class Place implements Permit {
  private final Admission admission;
  private final @Nullable String measuredRoute;
  private final AtomicBoolean isGivenBack = new AtomicBoolean();

  /// @param measuredRoute null when the time that it takes says nothing about load
  Place(Admission admission, @Nullable String measuredRoute) {
    this.admission = admission;
    this.measuredRoute = measuredRoute;
  }

  @Override
  public void ended(Forwarded forwarded, long nanos) {
    if (measuredRoute == null) {
      return;
    }
    switch (forwarded) {
      case Forwarded.Answered(Answer answer) when answer.status() < 300 ->
          admission.answered(measuredRoute, nanos);
      case Forwarded.Answered(Answer answer) when answer.status() == 503 -> admission.refused();
      case Forwarded.Unknown _ -> admission.unanswered(measuredRoute, nanos);
      case Forwarded.Answered _, Forwarded.NotSent _ -> {}
    }
  }

  @Override
  public void giveBack() {
    if (isGivenBack.compareAndSet(false, true)) {
      admission.release();
    }
  }
}
