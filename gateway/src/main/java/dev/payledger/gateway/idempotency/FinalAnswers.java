package dev.payledger.gateway.idempotency;

import dev.payledger.gateway.forward.UpstreamResponse;
import java.util.Optional;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Which answers end a command: done (200, 201, 204), or a business "no" (422). Everything else may
/// change: pending (202, also of a batch with one item that is), not allowed now (other 4xx), failed
/// (5xx).
@Component
class FinalAnswers {
  private final JsonMapper json = JsonMapper.builder().build();

  boolean isFinal(UpstreamResponse answer) {
    return switch (answer.status()) {
      case 200, 201, 204 -> true;
      case 422 -> problemCode(answer).filter(code -> !isAboutTheKey(code)).isPresent();
      default -> false;
    };
  }

  /// The ledger knows the command with another body: then this is not the answer to the key.
  private static boolean isAboutTheKey(String code) {
    return code.equals("idempotency-key-reused");
  }

  private Optional<String> problemCode(UpstreamResponse answer) {
    try {
      JsonNode code = json.readTree(answer.body()).path("code");
      return code.isString() ? Optional.of(code.stringValue()) : Optional.empty();
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }
}
