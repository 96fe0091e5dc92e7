package dev.payledger.ledger.transfer;

import dev.payledger.kit.page.PageCursors;
import dev.payledger.kit.problem.ProblemException;
import dev.payledger.ledger.request.Text;
import dev.payledger.ledger.request.TimeRange;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Which transfers of an account are asked for; null for any.
///
/// @param reference the debit side's: of the transfers that the account pays
/// @param time of their creation
record TransferFilter(
    UUID accountId,
    @Nullable Direction direction,
    Transfer.@Nullable Status status,
    @Nullable String reference,
    TimeRange time) {

  /// What the account is debited by, or credited.
  enum Direction {
    DEBIT,
    CREDIT
  }

  TransferFilter {
    if (reference != null && !Text.fits(reference, TransferTerms.REFERENCE_LENGTH_MAX)) {
      throw ProblemException.invalidRequest(
          "reference must have at most %d characters and no control characters."
              .formatted(TransferTerms.REFERENCE_LENGTH_MAX));
    }
  }

  boolean hasDebits() {
    return direction != Direction.CREDIT;
  }

  boolean hasCredits() {
    return direction != Direction.DEBIT && reference == null;
  }

  /// The name that cursors of this list are bound to.
  String list() {
    return PageCursors.list(
        "transfers of " + accountId, direction, status, time.from(), time.to(), reference);
  }
}
