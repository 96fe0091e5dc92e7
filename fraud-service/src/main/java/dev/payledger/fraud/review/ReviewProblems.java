package dev.payledger.fraud.review;

import dev.payledger.fraud.web.Problems;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;

/// The refusals of this feature as problems.
final class ReviewProblems {
  private ReviewProblems() {}

  static ProblemDetail unknown() {
    return Problems.problem(
        HttpStatus.NOT_FOUND,
        "not-found",
        "Not found",
        "No transfer of this id is known to have passed unscreened.",
        false);
  }

  static ProblemDetail decidedBefore() {
    return Problems.problem(
        HttpStatus.CONFLICT,
        "review-decided",
        "Review decided",
        "This review was decided before, and the first decision stands. GET it to see who decided"
            + " what.",
        false);
  }
}
