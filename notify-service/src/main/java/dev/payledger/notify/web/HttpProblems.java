package dev.payledger.notify.web;

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

  /// The database cannot be reached or would not answer in time; reads may always be repeated.
  @ExceptionHandler({DataAccessException.class, TransactionException.class})
  ResponseEntity<Object> databaseTrouble(RuntimeException exception) {
    if (exception instanceof DataIntegrityViolationException) {
      return bug(exception);
    }
    LOG.warn("The database did not answer", exception);
    return answer(
        Problems.problem(
            ProblemCode.UNAVAILABLE, "The feed store cannot be reached. Repeat the same request."));
  }

  @ExceptionHandler(Exception.class)
  ResponseEntity<Object> bug(Exception exception) {
    LOG.error("A request failed in a way that nobody planned for", exception);
    return answer(
        Problems.problem(
            ProblemCode.INTERNAL_ERROR, "The request failed. The trace id finds it in the log."));
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
    ProblemCode code = ProblemCode.ofStatus(status.value());
    ResponseEntity<Object> plain =
        answer(
            Problems.problem(
                code,
                code == ProblemCode.INVALID_REQUEST
                    ? "The request is not what this operation takes: check each field's name, type and"
                        + " range."
                    : code.next()));
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
