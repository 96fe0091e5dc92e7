package dev.payledger.system.crash;

import static org.awaitility.Awaitility.await;

import dev.payledger.system.Stack;
import java.util.UUID;

/// The rows of fraud-service's database about one transfer or account, read past the service.
final class FraudDatabase {
  private FraudDatabase() {}

  /// The largest payment from the debit to the credit account that fraud-service has received; 0
  /// for none.
  static long largestPaidMinor(String debit, String credit) {
    return Stack.number(
        "fraud",
        "SELECT coalesce(max(largest_minor), 0) FROM payee"
            + " WHERE debit_account_id = ? AND credit_account_id = ?",
        UUID.fromString(debit),
        UUID.fromString(credit));
  }

  static long reservedMinor(String debit) {
    return Stack.number(
        "fraud",
        "SELECT coalesce(sum(reserved_minor), 0) FROM velocity_counter WHERE debit_account_id = ?",
        UUID.fromString(debit));
  }

  static long reviewDecisions(String transfer) {
    return ofTransfer("SELECT count(*) FROM review_decision", transfer);
  }

  /// Until the transfer is on fraud screening's list, with a verdict.
  static void awaitReview(String transfer) {
    await()
        .atMost(Stack.SOON)
        .until(
            () ->
                ofTransfer(
                        "SELECT count(*) FROM review JOIN assessment USING (transfer_id)", transfer)
                    == 1);
  }

  static void awaitReleased(String transfer) {
    await()
        .atMost(Stack.SOON)
        .until(() -> ofTransfer("SELECT count(released_at) FROM assessment", transfer) == 1);
  }

  private static long ofTransfer(String select, String transfer) {
    return Stack.number("fraud", select + " WHERE transfer_id = ?", UUID.fromString(transfer));
  }
}
