package dev.payledger.fraud.web;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.TransactionException;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/// Turns every exception into a problem. No class name, SQL or stack trace leaves the process.
@RestControllerAdvice
final class HttpProblems extends ResponseEntityExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(HttpProblems.class);

  /// The database cannot be reached or would not answer in time. Every operation here is idempotent
  /// by its transfer id, so that repeating it is safe even when the commit's outcome is unknown.
  @ExceptionHandler({DataAccessException.class, TransactionException.class})
  ResponseEntity<Object> databaseTrouble(RuntimeException exception) {
    if (exception instanceof DataIntegrityViolationException) {
      return bug(exception);
    }
    LOG.warn("The database did not answer", exception);
    return answer(
        Problems.problem(
            HttpStatus.SERVICE_UNAVAILABLE,
            "unavailable",
            "Unavailable",
            "The assessment store cannot be reached. Repeat the same request.",
            true));
  }

  @ExceptionHandler(Exception.class)
  ResponseEntity<Object> bug(Exception exception) {
    LOG.error("A request failed in a way that nobody planned for", exception);
    return answer(
        Problems.problem(
            HttpStatus.INTERNAL_SERVER_ERROR,
            "internal",
            "Internal error",
            "The request failed and was not decided. The trace id finds it in the log.",
            true));
  }

  @Override
  protected ResponseEntity<Object> handleExceptionInternal(
      Exception exception,
      @Nullable Object body,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    if (exception.getClass() == ErrorResponseException.class) {
      return answer(((ErrorResponseException) exception).getBody());
    }
    ResponseEntity<Object> plain =
        answer(
            switch (HttpStatus.valueOf(status.value())) {
              case NOT_FOUND ->
                  Problems.problem(
                      HttpStatus.NOT_FOUND,
                      "not-found",
                      "Not found",
                      "There is nothing at this path.",
                      false);
              case METHOD_NOT_ALLOWED ->
                  Problems.problem(
                      HttpStatus.METHOD_NOT_ALLOWED,
                      "method-not-allowed",
                      "Method not allowed",
                      "This path does not take this method.",
                      false);
              case UNSUPPORTED_MEDIA_TYPE ->
                  Problems.problem(
                      HttpStatus.UNSUPPORTED_MEDIA_TYPE,
                      "unsupported-media-type",
                      "Unsupported media type",
                      "Send the body as application/json in UTF-8.",
                      false);
              case NOT_ACCEPTABLE ->
                  Problems.problem(
                      HttpStatus.NOT_ACCEPTABLE,
                      "not-acceptable",
                      "Not acceptable",
                      "Answers are application/json.",
                      false);
              default ->
                  Problems.problem(
                      HttpStatus.BAD_REQUEST,
                      "invalid-request",
                      "Invalid request",
                      "The request is not what this operation takes: check each field's name, type"
                          + " and range.",
                      false);
            });
    HttpHeaders both = new HttpHeaders();
    both.putAll(headers);
    both.putAll(plain.getHeaders());
    return new ResponseEntity<>(plain.getBody(), both, plain.getStatusCode());
  }

  private static ResponseEntity<Object> answer(ProblemDetail problem) {
    ResponseEntity.BodyBuilder answer =
        ResponseEntity.status(problem.getStatus()).contentType(MediaType.APPLICATION_PROBLEM_JSON);
    if (problem.getStatus() == HttpStatus.SERVICE_UNAVAILABLE.value()) {
      answer.header(HttpHeaders.RETRY_AFTER, "1");
    }
    return answer.body(problem);
  }
}
