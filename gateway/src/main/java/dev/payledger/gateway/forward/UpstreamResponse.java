package dev.payledger.gateway.forward;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A service's answer: the status, the body's bytes and the few headers that pass the gateway.
@SuppressWarnings("ArrayRecordComponent") // Never compared; the bytes are handed on as they are.
public record UpstreamResponse(
    int status,
    @Nullable String contentType,
    @Nullable String location,
    @Nullable String retryAfter,
    @Nullable String wwwAuthenticate,
    @Nullable String link,
    byte[] body) {

  public void writeTo(HttpServletResponse response) throws IOException {
    response.setStatus(status);
    setHeader(response, "Content-Type", contentType);
    setHeader(response, "Location", location);
    setHeader(response, "Retry-After", retryAfter);
    setHeader(response, "WWW-Authenticate", wwwAuthenticate);
    setHeader(response, "Link", link);
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }

  private static void setHeader(HttpServletResponse response, String name, @Nullable String value) {
    if (value != null) {
      response.setHeader(name, value);
    }
  }
}
