package dev.payledger.ledger.plan;

import dev.payledger.ledger.command.JournalCommand.HoldFunds;
import dev.payledger.ledger.command.JournalCommand.Reversal;
import dev.payledger.ledger.command.JournalCommand.ReversedLeg;
import dev.payledger.ledger.money.Leg;
import dev.payledger.ledger.money.Money;
import dev.payledger.ledger.money.RejectionReason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The rules of a transfer, as pure functions of the locked rows: no clock, no I/O. A constraint in
/// the database stands behind each rule about money, for the day that this class is wrong.
final class TransferPlan {
  /// What is told of one transfer stays small, and one payee does not fill a payer's books with cents.
  /// The database has the same bounds: `captures_max`, `reversals_max`. Those of transfers that had more
  /// before there were bounds are as many as they had: they take no more.
  static final int CAPTURES_MAX = 100;

  /// Those that turned out to give nothing back do not count.
  static final int REVERSALS_MAX = 100;

  private TransferPlan() {}

  /// Whether the funds can be held; null means yes.
  ///
  /// @param credit null when there is no such account
  static @Nullable RejectionReason validateHold(
      AccountState debit, @Nullable AccountState credit, Money money, boolean byOperator) {
    if (credit != null && debit.id().equals(credit.id())) {
      return RejectionReason.SELF_TRANSFER;
    }
    if (debit.terms().isClosed()) {
      return RejectionReason.ACCOUNT_CLOSED;
    }
    if (debit.terms().refusesDebits()) {
      return RejectionReason.ACCOUNT_FROZEN;
    }
    if (credit == null || (credit.isSystem() && !byOperator)) {
      return RejectionReason.ACCOUNT_UNUSABLE;
    }
    RejectionReason onCredit = validateCredit(credit, money.amountMinor());
    if (onCredit == RejectionReason.ACCOUNT_UNUSABLE) {
      return onCredit;
    }
    if (!debit.currency().equals(money.currency()) || !credit.currency().equals(money.currency())) {
      return RejectionReason.CURRENCY_MISMATCH;
    }
    Long floorMinor = debit.floorMinor();
    if (floorMinor != null
        && Math.subtractExact(debit.availableMinor(), money.amountMinor()) < floorMinor) {
      return RejectionReason.INSUFFICIENT_FUNDS;
    }
    // Other live holds count: this one must still post after all of them.
    if (debit.availableMinor() - money.amountMinor() < -Money.AMOUNT_MAX_MINOR
        || debit.debitsPendingMinor() > Money.AMOUNT_MAX_MINOR - money.amountMinor()
        || credit.creditsPendingMinor() > Money.AMOUNT_MAX_MINOR - money.amountMinor()) {
      return RejectionReason.BALANCE_LIMIT;
    }
    if (onCredit != null) {
      return onCredit;
    }
    // What is held may post, so it counts: the sum of both is never more than a long holds.
    return debit.debitsPostedMinor()
                > Long.MAX_VALUE - debit.debitsPendingMinor() - money.amountMinor()
            || credit.creditsPostedMinor()
                > Long.MAX_VALUE - credit.creditsPendingMinor() - money.amountMinor()
        ? RejectionReason.TURNOVER_LIMIT
        : null;
  }

  /// The reversal with the amounts that are left, where all that is left was asked for. A leg of which
  /// nothing is left is left out. When that is so of every leg, it stays as it is, and is refused.
  static HoldFunds withRest(HoldFunds command, TransferState original) {
    Reversal reversal = Objects.requireNonNull(command.reversal());
    List<Leg> legs = new ArrayList<>();
    List<ReversedLeg> reversed = new ArrayList<>();
    for (int i = 0; i < command.legs().size(); i++) {
      Leg leg = command.legs().get(i);
      ReversedLeg which = reversal.legs().get(i);
      long minor = which.isRest() ? original.reversibleMinor(which.number()) : leg.amountMinor();
      if (minor > 0) {
        legs.add(new Leg(leg.debitAccountId(), leg.creditAccountId(), minor));
        reversed.add(which);
      }
    }
    return legs.isEmpty()
        ? command
        : command.withReversal(legs, new Reversal(reversal.transferId(), reversed));
  }

  /// Whether so much of a transfer can be given back; null means yes. Reversals under way count, so
  /// that of two that together are too much only one passes.
  ///
  /// @param original null when it never got so far as to hold funds
  /// @param numbers of its legs, of which the legs give some back
  static @Nullable RejectionReason validateReversal(
      @Nullable TransferState original, List<Integer> numbers, List<Leg> legs) {
    if (original == null || original.capturedMinor() == 0 || original.terms().reverses() != null) {
      return RejectionReason.NOT_REVERSIBLE;
    }
    for (int i = 0; i < legs.size(); i++) {
      if (legs.get(i).amountMinor() > original.reversibleMinor(numbers.get(i))) {
        return RejectionReason.REVERSAL_LIMIT;
      }
    }
    return original.reversals().count() >= REVERSALS_MAX
        ? RejectionReason.REVERSAL_COUNT_LIMIT
        : null;
  }

  /// Whether so much of what a transfer holds can be posted now; null means yes.
  static @Nullable RejectionReason validateCapture(
      TransferState transfer, long amountMinor, Instant now) {
    if (transfer.status() != TransferState.Status.HELD || !now.isBefore(transfer.expiresAt())) {
      return RejectionReason.NOT_CAPTURABLE;
    }
    if (amountMinor > transfer.leftMinor()) {
      return RejectionReason.CAPTURE_LIMIT;
    }
    return transfer.captureCount() >= CAPTURES_MAX ? RejectionReason.CAPTURE_COUNT_LIMIT : null;
  }

  /// Whether what a transfer holds can be given back; null means yes.
  static @Nullable RejectionReason validateVoid(TransferState transfer) {
    return transfer.status().isFinal() ? RejectionReason.NOT_VOIDABLE : null;
  }

  /// Whether held funds can still be posted; null means yes. Funds are not asked for again: the hold
  /// has them. A freeze of the debit side after the hold does not stop it, a close is not possible.
  static @Nullable RejectionReason validateCredit(AccountState credit, long amountMinor) {
    if (credit.terms().refusesCredits()) {
      return RejectionReason.ACCOUNT_UNUSABLE;
    }
    if (Math.addExact(credit.balanceMinor(), amountMinor) > Money.AMOUNT_MAX_MINOR) {
      return RejectionReason.BALANCE_LIMIT;
    }
    return null;
  }
}
