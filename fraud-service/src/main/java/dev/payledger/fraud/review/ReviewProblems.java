package dev.payledger.fraud.review;

import dev.payledger.fraud.web.ProblemCode;
import dev.payledger.fraud.web.Problems;
import org.springframework.http.ProblemDetail;

/// The refusals of this feature as problems.
final class ReviewProblems {
  private ReviewProblems() {}

  static ProblemDetail unknown() {
    return Problems.problem(
        ProblemCode.NOT_FOUND, "No transfer of this id is known to have passed unscreened.");
  }

  static ProblemDetail decidedBefore() {
    return Problems.problem(
        ProblemCode.REVIEW_DECIDED,
        "This review was decided before, and the first decision stands. GET it to see who decided"
            + " what.");
  }
}
