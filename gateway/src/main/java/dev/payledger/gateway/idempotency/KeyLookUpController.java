package dev.payledger.gateway.idempotency;

import dev.payledger.kit.problem.CommonErrorCode;
import dev.payledger.kit.problem.Problem;
import dev.payledger.kit.problem.ProblemWriter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;
import org.springframework.stereotype.Controller;
import org.springframework.transaction.TransactionException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import tools.jackson.databind.json.JsonMapper;

/// Tells a caller what became of a key of its own. UNKNOWN does not mean that nothing was done: the
/// gateway forgets, the ledger does not. Sending the request again with its key is always safe.
@Controller
class KeyLookUpController {
  private static final Logger log = LoggerFactory.getLogger(KeyLookUpController.class);

  private enum Progress {
    UNKNOWN,
    IN_PROGRESS,
    DONE
  }

  private final KeyRows rows;
  private final KeyedOperations operations;
  private final JsonMapper json = JsonMapper.builder().build();

  KeyLookUpController(KeyRows rows, KeyedOperations operations) {
    this.rows = rows;
    this.operations = operations;
  }

  @GetMapping("/v1/idempotency-keys")
  void lookUp(
      @RequestParam(required = false) @Nullable String key,
      @RequestParam(required = false) @Nullable String operation,
      JwtAuthenticationToken caller,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    if (key == null || operation == null || !operations.has(operation)) {
      refuse(request, response, "Send key and operation, such as operation=create-transfer.");
      return;
    }
    switch (KeyHeader.parse(key)) {
      case KeyHeader.Given(IdempotencyKey given) -> {
        try {
          KeyOwner owner = KeyOwner.of(caller.getToken());
          reply(
              response,
              operation,
              rows.findById(CommandId.of(owner, operation, given, 0)).orElse(null));
        } catch (DataAccessException | TransactionException e) {
          log.warn("idempotency keys are not available", e);
          ProblemWriter.write(
              request,
              response,
              Problem.retryAfter(
                  CommonErrorCode.UNAVAILABLE,
                  "Idempotency keys cannot be read now. Try again.",
                  Duration.ofSeconds(1)));
        }
      }
      case KeyHeader.Malformed(String detail) -> refuse(request, response, detail);
      case KeyHeader.Missing() -> refuse(request, response, "The key is empty.");
    }
  }

  private void reply(HttpServletResponse response, String operation, @Nullable KeyRow row)
      throws IOException {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("operation", operation);
    if (row == null || (row.state() == KeyState.RELEASED && !row.isAccepted())) {
      view.put("progress", Progress.UNKNOWN);
    } else if (row.state() != KeyState.ANSWERED) {
      view.put("progress", Progress.IN_PROGRESS);
      if (row.isAccepted()) {
        view.put("status", 202);
        putLocation(view, row);
      }
    } else {
      view.put("progress", Progress.DONE);
      view.put("status", row.answer().status());
      putLocation(view, row);
      if (row.answer().body().length > 0) {
        view.put("answer", json.readTree(row.answer().body()));
      }
    }
    byte[] body = json.writeValueAsBytes(view);
    response.setContentType("application/json");
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }

  private static void putLocation(Map<String, Object> view, KeyRow row) {
    String location = row.location();
    if (location != null) {
      view.put("location", location);
    }
  }

  private void refuse(HttpServletRequest request, HttpServletResponse response, String detail)
      throws IOException {
    ProblemWriter.write(request, response, Problem.of(CommonErrorCode.INVALID_REQUEST, detail));
  }
}
