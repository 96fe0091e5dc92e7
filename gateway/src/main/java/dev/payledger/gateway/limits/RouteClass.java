package dev.payledger.gateway.limits;

/// What a route costs and how much it matters; each class has its own budget per caller.
public enum RouteClass {
  MONEY,
  READS,
  FEED,
  /// The token endpoint, which is called before anybody is known.
  TOKENS,
  /// The issuer's public keys. Every resource server needs them, so nothing else takes from this budget.
  KEY_SET,
  /// The API's description.
  DESCRIPTION
}
