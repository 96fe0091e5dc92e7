package dev.payledger.fraud.web;

import dev.payledger.kit.problem.ErrorCode;

/// The errors of this service besides the common ones.
public enum FraudErrorCode implements ErrorCode {
  ASSESSMENT_RELEASED(
      409, "Assessment released", "Do not post the transfer: its id is never assessed again."),
  REVIEW_DECIDED(409, "Review decided", "Read the review: the first decision stands."),
  ASSESSMENT_MISMATCH(
      422,
      "Assessed with another body",
      "Send the body that the transfer was assessed with, or use another id.");

  private final Meaning meaning;

  FraudErrorCode(int status, String title, String next) {
    // Never retryable: the answer is final for the transfer id.
    this.meaning = new Meaning(status, false, title, next);
  }

  @Override
  public Meaning meaning() {
    return meaning;
  }
}
