package dev.payledger.ledger.request;

import dev.payledger.ledger.journal.JournalUnavailable;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
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
import tools.jackson.databind.json.JsonMapper;

/// Maps what can go wrong to its problem document. What is not listed is a bug: 500 with a trace id
/// and nothing else outside, the stack trace in the log.
@RestControllerAdvice
public class LedgerProblems {
  private static final Logger log = LoggerFactory.getLogger(LedgerProblems.class);

  @ExceptionHandler
  ResponseEntity<ProblemDetail> wrongType(
      MethodArgumentTypeMismatchException e, HttpServletRequest request) {
    // An id that is no id names no resource.
    return answer(
        e.getParameter().hasParameterAnnotation(PathVariable.class)
            ? Problem.notFound()
            : new Problem(ProblemCode.INVALID_REQUEST, e.getName() + " is malformed."),
        request);
  }

  @ExceptionHandler
  ResponseEntity<ProblemDetail> other(Exception e, HttpServletRequest request) {
    return answer(e, request);
  }

  /// What a caller is told of an exception.
  public static ProblemDetail of(Exception e, Trace trace) {
    ProblemDetail body = body(e);
    body.setProperty("traceId", trace.traceId());
    return body;
  }

  /// For those who answer in front of the controllers.
  static void write(
      JsonMapper json, HttpServletRequest request, HttpServletResponse response, Problem problem)
      throws IOException {
    ProblemDetail body = of(problem, Trace.of(request));
    response.setStatus(body.getStatus());
    response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
    response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    json.writeValue(response.getOutputStream(), body);
  }

  private static ProblemDetail body(Exception e) {
    return switch (e) {
      case Problem problem -> problem.body();
      case JournalUnavailable unavailable -> {
        log.warn("journal unavailable, outcomeUnknown={}", unavailable.outcomeUnknown(), e);
        yield unavailable.outcomeUnknown()
            ? Problem.body(
                ProblemCode.OUTCOME_UNKNOWN,
                "The request may or may not have been recorded. Send the same request with the"
                    + " same idempotency key again; it will happen once.")
            : Problem.body(
                ProblemCode.UNAVAILABLE,
                "The ledger could not decide in time; nothing was written. Send the same request"
                    + " again.");
      }
      case DataAccessException _, TransactionException _ -> {
        log.warn("the database did not answer a query", e);
        yield Problem.body(
            ProblemCode.UNAVAILABLE, "The ledger's database did not answer. Try again.");
      }
      case HttpMessageNotReadableException unreadable ->
          Problem.body(ProblemCode.INVALID_REQUEST, unreadable(unreadable.getCause()));
      case ErrorResponse framework ->
          Problem.body(
              ProblemCode.ofStatus(framework.getStatusCode().value()),
              "The request does not fit this route.");
      default -> {
        log.error("unexpected", e);
        yield Problem.body(
            ProblemCode.INTERNAL_ERROR,
            "Something is wrong with the ledger. Send the same request again, or report the trace"
                + " id.");
      }
    };
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

  private static ResponseEntity<ProblemDetail> answer(Exception e, HttpServletRequest request) {
    ProblemDetail body = of(e, Trace.of(request));
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
