package dev.payledger.gateway.shedding;

import dev.payledger.gateway.forward.Answer;
import dev.payledger.gateway.forward.Forwarded;
import jakarta.servlet.http.HttpServletRequest;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Leave to be one of those that a service works for at the moment.
public final class Permit {
  private static final String ATTRIBUTE = Permit.class.getName();

  private final Admission admission;
  private final @Nullable String measuredRoute;
  private final AtomicBoolean isGivenBack = new AtomicBoolean();

  /// @param measuredRoute null when the time that it takes says nothing about load
  Permit(Admission admission, @Nullable String measuredRoute) {
    this.admission = admission;
    this.measuredRoute = measuredRoute;
  }

  /// The permit of this request, which `SheddingFilter` has got.
  public static Permit of(HttpServletRequest request) {
    if (request.getAttribute(ATTRIBUTE) instanceof Permit permit) {
      return permit;
    }
    throw new IllegalStateException("SheddingFilter has not run");
  }

  void putInto(HttpServletRequest request) {
    request.setAttribute(ATTRIBUTE, this);
  }

  /// What came of the call, and how long it took.
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

  /// Early, when the request goes on but the service has nothing to do for it any more; a second time
  /// does nothing.
  public void giveBack() {
    if (isGivenBack.compareAndSet(false, true)) {
      admission.release();
    }
  }
}
