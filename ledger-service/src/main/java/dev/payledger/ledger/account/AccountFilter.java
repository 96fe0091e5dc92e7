package dev.payledger.ledger.account;

import dev.payledger.kit.page.PageCursors;
import dev.payledger.kit.problem.ProblemException;
import dev.payledger.ledger.plan.AccountStatus;
import dev.payledger.ledger.request.Caller;
import org.jspecify.annotations.Nullable;

/// Which of the accounts that a caller may see are asked for; null for any.
record AccountFilter(
    @Nullable String owner, @Nullable String currency, @Nullable AccountStatus status) {

  AccountFilter {
    if (currency != null && !currency.matches("[A-Z]{3}")) {
      throw ProblemException.invalidRequest("currency must be a code of ISO 4217.");
    }
    if (owner != null && !owner.matches(OpenAccountRequest.OWNER)) {
      throw ProblemException.invalidRequest("owner must be 1 to 40 of a-z, 0-9 and -.");
    }
  }

  /// The name that cursors of this list are bound to.
  String list(Caller caller) {
    return PageCursors.list("accounts of " + caller.subject(), owner, currency, status);
  }
}
