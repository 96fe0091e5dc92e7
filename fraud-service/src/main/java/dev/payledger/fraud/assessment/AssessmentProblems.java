package dev.payledger.fraud.assessment;

import dev.payledger.fraud.web.ProblemCode;
import dev.payledger.fraud.web.Problems;
import org.springframework.http.ProblemDetail;

/// The refusals of this feature as problems; both are final for the transfer id.
final class AssessmentProblems {
  private AssessmentProblems() {}

  static ProblemDetail mismatch() {
    return Problems.problem(
        ProblemCode.ASSESSMENT_MISMATCH,
        "This transfer id was assessed with other accounts, amount or currency. Send that body to"
            + " have its verdict, or use another id.");
  }

  static ProblemDetail released() {
    return Problems.problem(
        ProblemCode.ASSESSMENT_RELEASED,
        "This transfer id was released and is never assessed again. The transfer must not be"
            + " posted.");
  }
}
