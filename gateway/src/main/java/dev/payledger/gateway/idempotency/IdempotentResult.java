package dev.payledger.gateway.idempotency;

import dev.payledger.gateway.forward.UpstreamResponse;
import dev.payledger.gateway.forward.UpstreamResult;

/// What a caller of a keyed command is to be told.
public sealed interface IdempotentResult {
  /// The service's answer to this very request; final answers are stored before they get here.
  record Fresh(UpstreamResponse answer) implements IdempotentResult {}

  /// The stored answer to an earlier request with this key.
  record Replayed(UpstreamResponse answer) implements IdempotentResult {}

  /// The key was first used for something else.
  record Reused() implements IdempotentResult {}

  /// Another request with this key is being worked on, for longer than this one may wait, or
  /// enough of its caller's wait already.
  record InFlight() implements IdempotentResult {}

  /// No answer came; the claim is given back.
  record Unanswered(UpstreamResult why) implements IdempotentResult {}

  /// The keys cannot be read or written, so nothing may be said about money. A retry with the same
  /// key is safe whatever had happened before.
  record StoreUnavailable() implements IdempotentResult {}
}
