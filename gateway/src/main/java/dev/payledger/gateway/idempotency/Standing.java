package dev.payledger.gateway.idempotency;

import dev.payledger.gateway.forward.Answer;

/// How a key stands towards the request that names it.
sealed interface Standing {
  /// The caller holds the claim. `epoch` fences: an older holder does not give a later one's claim back.
  record Granted(long epoch) implements Standing {}

  /// Somebody else holds the claim, and its lease runs.
  record Held() implements Standing {}

  /// Nobody holds it: given back, or its lease is over, or the row is gone.
  record Free() implements Standing {}

  /// The final answer is known.
  record Answered(Answer answer) implements Standing {}

  /// The key belongs to a request with another fingerprint.
  record Reused() implements Standing {}
}
