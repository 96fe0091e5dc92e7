package dev.payledger.kit.problem;

/// Ends a request with a problem. Thrown inside a transaction it rolls it back. It has no stack trace:
/// it is an expected answer and not a bug.
public final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  public ProblemException(ErrorCode code, String detail) {
    this(Problem.of(code, detail));
  }

  ProblemException(Problem problem) {
    super(problem.code().code(), null, false, false);
    this.problem = problem;
  }

  public static ProblemException invalidRequest(String detail) {
    return new ProblemException(CommonErrorCode.INVALID_REQUEST, detail);
  }

  public Problem problem() {
    return problem;
  }
}
