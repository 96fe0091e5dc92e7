package dev.payledger.fraud.alert;

import dev.payledger.fraud.web.FraudErrorCode;
import dev.payledger.kit.problem.CommonErrorCode;
import dev.payledger.kit.problem.ProblemException;

/// The refusals of this feature as problems.
final class AlertProblems {
  private AlertProblems() {}

  static ProblemException unknown() {
    return new ProblemException(
        CommonErrorCode.NOT_FOUND, "No transfer of this id is known to have passed unscreened.");
  }

  static ProblemException decidedBefore() {
    return new ProblemException(
        FraudErrorCode.REVIEW_DECIDED,
        "This review was decided before, and the first decision stands. GET it to see who decided"
            + " what.");
  }
}
