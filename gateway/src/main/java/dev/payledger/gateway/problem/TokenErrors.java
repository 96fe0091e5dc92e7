package dev.payledger.gateway.problem;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// Writes errors as OAuth2 clients expect them of a token endpoint (RFC 6749 section 5.2).
public final class TokenErrors {
  private TokenErrors() {}

  /// The code only: a description would help to guess secrets.
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
