package dev.payledger.gateway.limits;

/// What a route costs and how much it matters; each class has its own budget per caller.
public enum RouteClass {
  MONEY,
  READS,
  FEED,
  /// Token and key endpoints, which are called before anybody is known.
  OPEN
}
