package dev.payledger.gateway.forward;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;

/// Leave to be one of those that a service works for at the moment; the load shedding gives it.
public interface ConcurrencyPermit {
  String ATTRIBUTE = ConcurrencyPermit.class.getName();

  /// What came of the call, and how long it took.
  void recordResult(UpstreamResult forwarded, long nanos);

  /// What the request turns out to weigh, when that is less than was taken for it.
  void reduceWeight(int weight);

  /// Early, when the request goes on but the service has nothing to do for it any more; a second time
  /// does nothing.
  void release();

  /// Whether the request may wait for another one with its key: it gives its permit back, and is one of
  /// those that only wait, of whom each caller has few.
  boolean tryWait();

  /// Whether the service may be asked now: a request that has given its permit back, and goes on after all,
  /// asks for another one.
  boolean tryReacquire(Duration remaining);

  /// The permit that this request has been given.
  static ConcurrencyPermit of(HttpServletRequest request) {
    if (request.getAttribute(ATTRIBUTE) instanceof ConcurrencyPermit permit) {
      return permit;
    }
    throw new IllegalStateException("the load shedding has not run");
  }

  default void putInto(HttpServletRequest request) {
    request.setAttribute(ATTRIBUTE, this);
  }
}
