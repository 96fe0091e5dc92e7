package dev.payledger.ledger.transfer;

import dev.payledger.kit.problem.Problem;
import dev.payledger.kit.problem.ProblemException;
import dev.payledger.ledger.money.RejectionReason;
import dev.payledger.ledger.request.LedgerErrorCode;
import dev.payledger.ledger.request.LedgerProblems;
import java.util.UUID;

/// Every "no" to a request about a transfer, as a problem.
final class Rejections {
  private Rejections() {}

  static ProblemException of(RejectionReason reason, UUID transferId) {
    return LedgerProblems.rejection(reason, reason.next())
        .with("transferId", transferId)
        .exception();
  }

  static ProblemException ofDryRun(RejectionReason reason) {
    return LedgerProblems.rejection(reason, "This was a dry run: nothing is remembered of it.")
        .exception();
  }

  static ProblemException expired(UUID transferId) {
    return Problem.of(
            LedgerErrorCode.TRANSFER_EXPIRED,
            "The transfer could not be finished in time; its funds are available again. Ask for it"
                + " again under a new idempotency key.")
        .with("transferId", transferId)
        .exception();
  }

  static ProblemException voided(UUID transferId) {
    return Problem.of(
            LedgerErrorCode.TRANSFER_VOIDED,
            "The transfer was voided before it was finished; its funds are available again.")
        .with("transferId", transferId)
        .exception();
  }
}
