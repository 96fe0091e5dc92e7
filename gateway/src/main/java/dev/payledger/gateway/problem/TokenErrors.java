package dev.payledger.gateway.problem;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// Writes errors of OAuth2 (RFC 6749 section 5.2): the form that clients of a token endpoint read.
public final class TokenErrors {
  private TokenErrors() {}

  /// Nothing but the code: the rest would help only whoever guesses.
  ///
  /// @param code of OAuth2, such as `invalid_request`
  public static void write(HttpServletResponse response, int status, String code)
      throws IOException {
    response.setStatus(status);
    response.setContentType("application/json");
    response
        .getOutputStream()
        .write("{\"error\":\"%s\"}".formatted(code).getBytes(StandardCharsets.UTF_8));
  }
}
