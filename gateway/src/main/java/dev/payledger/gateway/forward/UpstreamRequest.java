package dev.payledger.gateway.forward;

import dev.payledger.kit.trace.Traceparent;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// One request to a service, already checked. `target` is path and query as they came; `commandId`
/// goes with everything that changes something, so that the service can do it once.
@SuppressWarnings("ArrayRecordComponent") // Never compared; the bytes are handed on, not kept.
public record UpstreamRequest(
    Upstream upstream,
    String method,
    String target,
    byte @Nullable [] body,
    @Nullable String contentType,
    @Nullable UUID commandId,
    String accessToken,
    Traceparent traceparent) {

  public UpstreamRequest with(UUID commandId) {
    return new UpstreamRequest(
        upstream, method, target, body, contentType, commandId, accessToken, traceparent);
  }
}
