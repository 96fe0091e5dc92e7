package dev.payledger.fraud.assessment;

import dev.payledger.fraud.web.FraudErrorCode;
import dev.payledger.kit.problem.ProblemException;

/// The refusals of this feature as problems; both are final for the transfer id.
final class AssessmentProblems {
  private AssessmentProblems() {}

  static ProblemException mismatch() {
    return new ProblemException(
        FraudErrorCode.ASSESSMENT_MISMATCH,
        "This transfer id was assessed with other accounts, amount or currency. Send that body to"
            + " have its verdict, or use another id.");
  }

  static ProblemException released() {
    return new ProblemException(
        FraudErrorCode.ASSESSMENT_RELEASED,
        "This transfer id was released and is never assessed again. The transfer must not be"
            + " posted.");
  }
}
