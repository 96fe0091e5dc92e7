package dev.payledger.ledger.request;

import dev.payledger.kit.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import java.util.UUID;

/// What the ledger remembers the command by: `Command-Id`, which the gateway derives from the caller's
/// idempotency key, made the caller's own.
public final class CommandIdHeader {
  private CommandIdHeader() {}

  public static UUID of(HttpServletRequest request, Caller caller) {
    List<String> headers = Collections.list(request.getHeaders("Command-Id"));
    if (headers.size() != 1
        || !headers.getFirst().matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")) {
      throw ProblemException.invalidRequest(
          "Exactly one Command-Id header with a UUID in lower case is required.");
    }
    return caller.commandId(UUID.fromString(headers.getFirst()));
  }
}
