package dev.payledger.ledger.request;

import dev.payledger.kit.problem.ErrorCode;

/// The errors of the ledger besides the common ones and the rejections, which have codes of their own
/// (`RejectionReason`).
public enum LedgerErrorCode implements ErrorCode {
  TRANSFER_EXPIRED(
      422, false, "Transfer expired", "The funds are available again. Ask again under a new key."),
  TRANSFER_VOIDED(
      422, false, "Transfer voided", "The funds are available again. The answer is final."),
  NOT_HELD_FOR_REVIEW(
      422, false, "Not held for review", "Read the transfer: it does not wait for a decision."),
  NOT_PARKED(422, false, "Not parked", "Read the transfer: its saga goes on by itself."),
  ALREADY_DECIDED(422, false, "Already decided", "Read the transfer: the first decision stands."),
  AS_OF_NOT_SETTLED(
      422,
      true,
      "As of not settled",
      "Ask again when that time is half a minute ago, or leave `asOf` out.");

  private final Meaning meaning;

  LedgerErrorCode(int status, boolean isRetryable, String title, String next) {
    this.meaning = new Meaning(status, isRetryable, title, next);
  }

  @Override
  public Meaning meaning() {
    return meaning;
  }
}
