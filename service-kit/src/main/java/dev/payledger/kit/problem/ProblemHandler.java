package dev.payledger.kit.problem;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.transaction.TransactionException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;

/// Answers every exception of a controller with a problem. No class name, SQL or stack trace leaves the
/// process. A service with exceptions of its own has one more advice, ordered in front of this one.
@RestControllerAdvice
public final class ProblemHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ProblemHandler.class);

  @ExceptionHandler
  void handle(Exception exception, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (exception instanceof ErrorResponse framework) {
      // `Allow` and `Accept`.
      framework
          .getHeaders()
          .forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
    }
    write(request, response, problem(exception));
  }

  /// For an advice of a service: also tells the path that was asked for, which has a route here.
  public static void write(
      HttpServletRequest request, HttpServletResponse response, Problem problem)
      throws IOException {
    ProblemWriter.write(request, response, problem.with("instance", request.getRequestURI()));
  }

  /// The problem of an exception. What is not listed is a bug: its stack trace is in the log only.
  public static Problem problem(Exception exception) {
    return switch (exception) {
      case ProblemException own -> own.problem();
      case HttpMessageNotReadableException unreadable ->
          Problem.of(CommonErrorCode.INVALID_REQUEST, unreadable(unreadable.getCause()));
      case TypeMismatchException _ -> ofStatus(400);
      case ErrorResponse framework -> ofStatus(framework.getStatusCode().value());
      case DataIntegrityViolationException _ -> bug(exception);
      case DataAccessException _, TransactionException _ -> {
        // Writes are idempotent, so a repeat is safe even when the commit's outcome is unknown.
        LOG.warn("The database did not answer", exception);
        yield Problem.of(
            CommonErrorCode.UNAVAILABLE,
            "The database did not answer in time. Repeat the same request.");
      }
      default -> bug(exception);
    };
  }

  private static Problem ofStatus(int status) {
    CommonErrorCode code = CommonErrorCode.ofStatus(status);
    return Problem.of(
        code,
        code == CommonErrorCode.INVALID_REQUEST
            ? "The request is not what this operation takes: check each field's name, type and range."
            : code.next());
  }

  private static Problem bug(Exception exception) {
    LOG.error("A request failed unexpectedly", exception);
    return Problem.of(
        CommonErrorCode.INTERNAL_ERROR, "The request failed. The trace id finds it in the log.");
  }

  /// Names the property at fault, and never its value.
  private static String unreadable(@Nullable Throwable cause) {
    for (Throwable c = cause; c != null; c = c.getCause()) {
      if (c instanceof IllegalArgumentException own && !(c instanceof JacksonException)) {
        return own.getMessage() + ".";
      }
    }
    if (cause instanceof DatabindException databind && !databind.getPath().isEmpty()) {
      return "The body's property \"%s\" is unknown or not of its type."
          .formatted(Excerpt.of(databind.getPath().getLast().getPropertyName()));
    }
    return "The body is not the JSON object that this route takes.";
  }
}
