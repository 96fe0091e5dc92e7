package dev.payledger.ledger.transfer;

import dev.payledger.ledger.journal.RejectionReason;
import dev.payledger.ledger.request.Problem;
import dev.payledger.ledger.request.ProblemCode;
import java.util.Map;
import java.util.UUID;

/// Every "no" to a request about a transfer, as a problem.
final class Rejections {
  private Rejections() {}

  static Problem of(RejectionReason reason, UUID transferId) {
    return new Problem(reason, reason.next(), Map.of("transferId", transferId));
  }

  static Problem ofDryRun(RejectionReason reason) {
    return new Problem(reason, "This was a dry run: nothing is remembered of it.", Map.of());
  }

  static Problem expired(UUID transferId) {
    return new Problem(
        ProblemCode.TRANSFER_EXPIRED,
        "The transfer could not be finished in time; its funds are available again. Ask for it"
            + " again under a new idempotency key.",
        Map.of("transferId", transferId));
  }

  static Problem voided(UUID transferId) {
    return new Problem(
        ProblemCode.TRANSFER_VOIDED,
        "The transfer was voided before it was finished; its funds are available again.",
        Map.of("transferId", transferId));
  }
}
