package dev.payledger.ledger.transfer;

import dev.payledger.kit.problem.CommonErrorCode;
import dev.payledger.kit.problem.ProblemException;
import dev.payledger.kit.trace.Traceparent;
import dev.payledger.ledger.command.Fingerprint;
import dev.payledger.ledger.command.JournalCommand.CaptureHold;
import dev.payledger.ledger.command.JournalCommand.HoldFunds;
import dev.payledger.ledger.command.JournalCommand.Reversal;
import dev.payledger.ledger.command.JournalCommand.ReversedLeg;
import dev.payledger.ledger.command.JournalCommand.VoidTransfer;
import dev.payledger.ledger.money.Leg;
import dev.payledger.ledger.request.Caller;
import dev.payledger.ledger.request.LedgerProblems;
import dev.payledger.ledger.saga.TransferSaga;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// Makes the journal's command of a request about a transfer, when the caller may ask for it.
@Component
class TransferCommands {
  private final TransferViews views;
  private final TransferSaga saga;

  TransferCommands(TransferViews views, TransferSaga saga) {
    this.views = views;
    this.saga = saga;
  }

  /// For who owns every account that pays.
  HoldFunds create(UUID id, TransferRequest request, Caller caller, Traceparent trace) {
    return create(id, request, caller, trace, ownDebits(caller, List.of(request)));
  }

  /// @param own those of the accounts that pay in all of the requests that are the caller's
  HoldFunds create(
      UUID id, TransferRequest request, Caller caller, Traceparent trace, Set<UUID> own) {
    if (!own.containsAll(debits(request.movements()))) {
      throw LedgerProblems.notFound();
    }
    return hold(
        id,
        request.fingerprint(caller.subject()),
        caller,
        request.movements(),
        request.currency(),
        request.isCapturedByRequest() ? saga.captureWithin() : null,
        null,
        request.terms(),
        trace);
  }

  /// A transfer of its own with the sides swapped, for who owns the accounts that it debits.
  HoldFunds reverse(
      UUID id, UUID originalId, ReversalRequest request, Caller caller, Traceparent trace) {
    Visible original = views.find(originalId, caller);
    List<TransferLeg> legs = original.legs();
    ProblemException otherwise =
        new ProblemException(
            CommonErrorCode.FORBIDDEN,
            "A reversal is for the owner of each account that it debits, or an operator, to ask"
                + " for: name the legs that paid you.");
    List<Leg> swapped = new ArrayList<>();
    List<ReversedLeg> reversed = new ArrayList<>();
    for (ReversalRequest.LegPart part : request.parts(legs.size())) {
      if (part.leg() > legs.size()) {
        // Who may not see every leg is not told how many there are.
        throw otherwise;
      }
      TransferLeg leg = legs.get(part.leg() - 1);
      swapped.add(
          leg.reversed(part.amountMinor() == null ? leg.amountMinor() : part.amountMinor()));
      reversed.add(new ReversedLeg(part.leg(), part.amountMinor() == null));
    }
    // What was to be paid to nobody is an operator's to ask about too: the journal says what it is.
    if (!caller.isOperator()) {
      requireAllDebits(caller, swapped, otherwise);
    }
    return hold(
        id,
        request.fingerprint(caller.subject(), originalId),
        caller,
        swapped,
        original.transfer().currency(),
        null,
        new Reversal(originalId, reversed),
        request.terms(),
        trace);
  }

  /// For an owner of either side.
  CaptureHold capture(UUID id, UUID transferId, CaptureRequest request, Caller caller) {
    requireSide(transferId, caller);
    return new CaptureHold(
        id,
        request.fingerprint(caller.subject(), transferId),
        transferId,
        request.amountMinor(),
        request.isTheLast());
  }

  /// For an owner of either side.
  VoidTransfer voidTransfer(UUID id, UUID transferId, Caller caller) {
    requireSide(transferId, caller);
    return new VoidTransfer(
        id, Fingerprint.of(List.of("void-transfer", caller.subject(), transferId)), transferId);
  }

  private HoldFunds hold(
      UUID commandId,
      Fingerprint fingerprint,
      Caller caller,
      List<Leg> legs,
      String currency,
      @Nullable Duration captureWithin,
      @Nullable Reversal reversal,
      TransferTerms terms,
      Traceparent trace) {
    return new HoldFunds(
        commandId,
        fingerprint,
        caller.subject(),
        caller.isOperator(),
        legs,
        currency,
        captureWithin,
        reversal,
        terms.reference(),
        terms.metadataOrEmpty(),
        trace.header(),
        saga.newOwner(),
        saga.lease(),
        saga.lifetime());
  }

  /// Of the accounts that pay in any of the requests, the caller's own.
  Set<UUID> ownDebits(Caller caller, List<TransferRequest> requests) {
    return views.own(
        caller, debits(requests.stream().flatMap(each -> each.movements().stream()).toList()));
  }

  private static Set<UUID> debits(List<Leg> legs) {
    return legs.stream().map(Leg::debitAccountId).collect(Collectors.toSet());
  }

  /// Whoever asks must own every account that pays.
  private void requireAllDebits(Caller caller, List<Leg> legs, ProblemException otherwise) {
    Set<UUID> debits = debits(legs);
    if (!views.own(caller, debits).equals(debits)) {
      throw otherwise;
    }
  }

  /// One payee of several must not undo what the others are paid.
  private void requireSide(UUID transferId, Caller caller) {
    Visible visible = views.find(transferId, caller);
    if (!visible.isDebitSide() && !visible.isCreditSide()) {
      throw new ProblemException(
          CommonErrorCode.FORBIDDEN,
          "This is for who owns every account on one side of the transfer, or an operator.");
    }
  }
}
