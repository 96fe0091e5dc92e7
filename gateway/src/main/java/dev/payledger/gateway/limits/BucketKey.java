package dev.payledger.gateway.limits;

import dev.payledger.gateway.limits.RateLimitProperties.Budget;

/// Whose bucket, and how large: one caller under one policy.
record BucketKey(String policy, Budget budget, String caller) {

  /// The bucket's name in Redis. No policy has a colon in its name, so no caller can choose
  /// another's.
  String key() {
    return "payledger:limit:" + policy + ":" + caller;
  }
}
