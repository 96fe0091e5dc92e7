package dev.payledger.gateway.idempotency;

import dev.payledger.gateway.forward.UpstreamResponse;

/// How a key stands towards the request that names it.
sealed interface ClaimResult {
  /// The caller holds the claim. `epoch` fences: an older holder does not give a later one's claim back.
  record Granted(long epoch) implements ClaimResult {}

  /// Somebody else holds the claim, and its lease runs.
  record InProgress() implements ClaimResult {}

  /// Nobody holds it: given back, or its lease is over, or the row is gone.
  record Available() implements ClaimResult {}

  /// The final answer is known.
  record Completed(UpstreamResponse answer) implements ClaimResult {}

  /// The key belongs to a request with another fingerprint.
  record KeyReused() implements ClaimResult {}
}
