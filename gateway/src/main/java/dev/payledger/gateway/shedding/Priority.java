package dev.payledger.gateway.shedding;

import dev.payledger.gateway.routes.Route;
import java.util.Set;

/// Who goes first when not all can. Each may fill a part of the limit only, so that there is room for the next
/// higher one at any time; who may wait is served before lower ones that come later.
enum Priority {
  /// Moves money.
  CRITICAL(1.0),
  /// Somebody looks at it: an operator, too, at the transfers that wait for a decision.
  INTERACTIVE(0.9),
  /// The feed, and reports over all of the books: later is as good as now.
  SHEDDABLE(0.6);

  private static final Set<String> REPORTS =
      Set.of("/v1/operator/checks", "/v1/operator/trial-balance");

  private final double part;

  Priority(double part) {
    this.part = part;
  }

  /// Of this limit; at least one, so that nothing is shut out of an idle service.
  int partOf(int limit) {
    return Math.max(1, (int) (limit * part));
  }

  static Priority of(Route route) {
    return switch (route.routeClass()) {
      case MONEY -> CRITICAL;
      case READS -> REPORTS.contains(route.path()) ? SHEDDABLE : INTERACTIVE;
      case FEED -> SHEDDABLE;
      case TOKENS, KEY_SET, DESCRIPTION ->
          throw new IllegalArgumentException(route.routeClass() + " is not forwarded");
    };
  }
}
