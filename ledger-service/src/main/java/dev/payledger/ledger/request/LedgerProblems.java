package dev.payledger.ledger.request;

import dev.payledger.kit.problem.CommonErrorCode;
import dev.payledger.kit.problem.Problem;
import dev.payledger.kit.problem.ProblemException;
import dev.payledger.kit.problem.ProblemHandler;
import dev.payledger.ledger.journal.JournalUnavailable;
import dev.payledger.ledger.money.RejectionReason;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;

/// The problems that only the ledger has: those of its journal, rejections, and malformed ids. The
/// kit's `ProblemHandler` answers the others.
@RestControllerAdvice
@Order(Ordered.HIGHEST_PRECEDENCE)
public final class LedgerProblems {
  private static final Logger log = LoggerFactory.getLogger(LedgerProblems.class);

  @ExceptionHandler
  void wrongType(
      MethodArgumentTypeMismatchException e,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    // An id that is no id names no resource.
    ProblemException problem =
        e.getParameter().hasParameterAnnotation(PathVariable.class)
            ? notFound()
            : ProblemException.invalidRequest(e.getName() + " is malformed.");
    ProblemHandler.write(request, response, problem.problem());
  }

  @ExceptionHandler
  void unavailable(JournalUnavailable e, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    ProblemHandler.write(request, response, of(e));
  }

  /// The problem of an exception of one item of a batch.
  public static Problem of(RuntimeException e) {
    return e instanceof JournalUnavailable unavailable
        ? of(unavailable)
        : ProblemHandler.problem(e);
  }

  private static Problem of(JournalUnavailable unavailable) {
    log.warn("journal unavailable, outcomeUnknown={}", unavailable.outcomeUnknown(), unavailable);
    return unavailable.outcomeUnknown()
        ? Problem.of(
            CommonErrorCode.OUTCOME_UNKNOWN,
            "The request may or may not have been recorded. Send the same request with the same"
                + " idempotency key again; it will happen once.")
        : Problem.of(
            CommonErrorCode.UNAVAILABLE,
            "The ledger could not decide in time; nothing was written. Send the same request"
                + " again.");
  }

  /// One body for an object that does not exist and for one that is somebody else's.
  public static ProblemException notFound() {
    return new ProblemException(
        CommonErrorCode.NOT_FOUND, "There is no such resource, or it is not yours.");
  }

  /// A rejection of a transfer, or of what is asked about one.
  ///
  /// @param then what the caller should know of this answer
  public static Problem rejection(RejectionReason reason, String then) {
    return Problem.of(new RejectionCode(reason), reason.sentence() + " " + then);
  }
}
