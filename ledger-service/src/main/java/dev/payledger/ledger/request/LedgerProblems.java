package dev.payledger.ledger.request;

import dev.payledger.ledger.journal.JournalUnavailable;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.transaction.TransactionException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;

/// Maps what can go wrong to its problem document. What is not listed is a bug: 500 with a trace id
/// and nothing else outside, the stack trace in the log.
@RestControllerAdvice
class LedgerProblems {
  private static final Logger log = LoggerFactory.getLogger(LedgerProblems.class);

  @ExceptionHandler
  ResponseEntity<ProblemDetail> problem(Problem problem, HttpServletRequest request) {
    return answer(problem.body(), request);
  }

  @ExceptionHandler
  ResponseEntity<ProblemDetail> unavailable(JournalUnavailable e, HttpServletRequest request) {
    log.warn("journal unavailable, outcomeUnknown={}", e.outcomeUnknown(), e);
    return e.outcomeUnknown()
        ? answer(
            ProblemCode.OUTCOME_UNKNOWN,
            "The transfer may or may not have been recorded. Send the same request with the same"
                + " idempotency key again; it will happen once.",
            request)
        : answer(
            ProblemCode.UNAVAILABLE,
            "The ledger could not decide in time; nothing was written. Send the same request again.",
            request);
  }

  @ExceptionHandler({DataAccessException.class, TransactionException.class})
  ResponseEntity<ProblemDetail> database(Exception e, HttpServletRequest request) {
    log.warn("the database did not answer a query", e);
    return answer(
        ProblemCode.UNAVAILABLE, "The ledger's database did not answer. Try again.", request);
  }

  @ExceptionHandler
  ResponseEntity<ProblemDetail> unreadable(
      HttpMessageNotReadableException e, HttpServletRequest request) {
    return answer(ProblemCode.INVALID_REQUEST, unreadable(e.getCause()), request);
  }

  @ExceptionHandler
  ResponseEntity<ProblemDetail> wrongType(
      MethodArgumentTypeMismatchException e, HttpServletRequest request) {
    // An id that is no id names no resource.
    return e.getParameter().hasParameterAnnotation(PathVariable.class)
        ? answer(Problem.notFound().body(), request)
        : answer(ProblemCode.INVALID_REQUEST, e.getName() + " is malformed.", request);
  }

  @ExceptionHandler
  ResponseEntity<ProblemDetail> other(Exception e, HttpServletRequest request) {
    if (e instanceof ErrorResponse framework) {
      return answer(framework(framework.getStatusCode().value()), request);
    }
    log.error("unexpected", e);
    return answer(
        ProblemCode.INTERNAL_ERROR,
        "Something is wrong with the ledger. Send the same request again, or report the trace id.",
        request);
  }

  private static ProblemDetail framework(int status) {
    ProblemCode code =
        switch (status) {
          case 404 -> ProblemCode.NOT_FOUND;
          case 405 -> ProblemCode.METHOD_NOT_ALLOWED;
          case 406 -> ProblemCode.NOT_ACCEPTABLE;
          case 415 -> ProblemCode.UNSUPPORTED_MEDIA_TYPE;
          case 503 -> ProblemCode.UNAVAILABLE;
          default -> ProblemCode.INVALID_REQUEST;
        };
    return Problem.body(
        code.status(), code.code(), code.retryable(), "The request does not fit this route.");
  }

  /// Names the property at fault, never the text that was sent.
  private static String unreadable(@Nullable Throwable cause) {
    for (Throwable c = cause; c != null; c = c.getCause()) {
      if (c instanceof IllegalArgumentException own && !(c instanceof JacksonException)) {
        return own.getMessage() + ".";
      }
    }
    if (cause instanceof DatabindException databind && !databind.getPath().isEmpty()) {
      return "The body's property \""
          + databind.getPath().getLast().getPropertyName()
          + "\" is unknown or not of its type.";
    }
    return "The body is not the JSON object that this route takes.";
  }

  private static ResponseEntity<ProblemDetail> answer(
      ProblemCode code, String detail, HttpServletRequest request) {
    return answer(Problem.body(code.status(), code.code(), code.retryable(), detail), request);
  }

  private static ResponseEntity<ProblemDetail> answer(
      ProblemDetail body, HttpServletRequest request) {
    body.setProperty("traceId", Trace.of(request).traceId());
    ResponseEntity.BodyBuilder answer =
        ResponseEntity.status(body.getStatus())
            .contentType(MediaType.APPLICATION_PROBLEM_JSON)
            .header(HttpHeaders.CACHE_CONTROL, "no-store");
    if (body.getStatus() == HttpStatus.SERVICE_UNAVAILABLE.value()) {
      answer.header(HttpHeaders.RETRY_AFTER, "1");
    }
    return answer.body(body);
  }
}
