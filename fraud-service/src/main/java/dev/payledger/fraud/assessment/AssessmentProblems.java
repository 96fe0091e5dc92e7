package dev.payledger.fraud.assessment;

import dev.payledger.fraud.web.Problems;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;

/// The refusals of this feature as problems; both are final for the transfer id.
final class AssessmentProblems {
  private AssessmentProblems() {}

  static ProblemDetail mismatch() {
    return Problems.problem(
        HttpStatus.UNPROCESSABLE_CONTENT,
        "assessment-mismatch",
        "Assessed with another body",
        "This transfer id was assessed with other accounts, amount or currency. Send that body to"
            + " have its verdict, or use another id.",
        false);
  }

  static ProblemDetail released() {
    return Problems.problem(
        HttpStatus.CONFLICT,
        "assessment-released",
        "Assessment released",
        "This transfer id was released and is never assessed again. The transfer must not be"
            + " posted.",
        false);
  }
}
