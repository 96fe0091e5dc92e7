package dev.payledger.gateway.forward;

/// What came of a call to a service.
public sealed interface UpstreamResult {
  /// The service answered, with whatever status.
  record Answered(UpstreamResponse answer) implements UpstreamResult {}

  /// Nothing reached the service: the call surely had no effect.
  record NotSent(String reason) implements UpstreamResult {}

  /// The call may or may not have had its effect; only its command id can tell.
  record Unknown(String reason) implements UpstreamResult {}
}
