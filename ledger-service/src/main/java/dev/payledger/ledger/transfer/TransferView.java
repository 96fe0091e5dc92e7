package dev.payledger.ledger.transfer;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.payledger.ledger.request.Page;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A transfer as a caller sees it: the same in every answer that shows it. Who owns every debit account
/// is the debit side and sees all of it. Others see their own legs, the sum of those, and no reason,
/// screening, reference, metadata or timeline; see `Visible` for who sees it at all.
///
/// @param rejection the reason's code, when REJECTED; for the debit side
/// @param capture MANUAL when it is captured by request
/// @param debitAccountId absent when there are several legs
/// @param creditAccountId absent when there are several legs
/// @param amountMinor minor units of currency
/// @param capturedMinor how much of it has been posted, minor units
/// @param reversedMinor how much of it has been given back, minor units
/// @param balances of the caller's own accounts after it, once something is posted
/// @param reverses the transfer that this one gives back
/// @param reversals the transfers that give this one back, newest last; only when one is asked for
/// @param reversalsNext cursor of the next page of them
/// @param voidRequested true while it is pending and will be voided
/// @param timeline what it has been through, oldest first; for the debit side, when one is asked for
/// @param timelineNext cursor of its next page
/// @param expiresAt past it a pending or held transfer is given up and what it holds is available again
record TransferView(
    UUID id,
    Transfer.Status status,
    @Nullable String rejection,
    TransferRequest.@Nullable Capture capture,
    @Nullable UUID debitAccountId,
    @Nullable UUID creditAccountId,
    @Nullable List<TransferLeg> legs,
    long amountMinor,
    String currency,
    long capturedMinor,
    long reversedMinor,
    @Nullable List<BalanceAfter> balances,
    @Nullable UUID reverses,
    @Nullable List<UUID> reversals,
    @Nullable String reversalsNext,
    @Nullable Boolean voidRequested,
    Instant createdAt,
    Instant expiresAt,
    @Nullable String screening,
    @Nullable String reference,
    @Nullable Map<String, String> metadata,
    @Nullable List<Step> timeline,
    @Nullable String timelineNext) {

  /// A status that the transfer came to, and how much was captured then, minor units.
  ///
  /// @param number from 1
  record Step(@JsonIgnore long number, String status, long capturedMinor, Instant at) {}

  /// The balance of one of the caller's accounts after the transfer's last entry in it.
  ///
  /// @param sequence the entry's number in the account
  record BalanceAfter(UUID accountId, long sequence, long balanceAfterMinor) {}

  /// @param balances of the accounts that are the reader's own
  /// @param reversals the first page
  /// @param timeline the first page
  static TransferView of(
      Visible visible, List<BalanceAfter> balances, Page<UUID> reversals, Page<Step> timeline) {
    Transfer transfer = visible.transfer();
    boolean isDebitSide = visible.isDebitSide();
    List<TransferLeg> seen = isDebitSide ? visible.legs() : visible.ownLegs();
    boolean isOneLeg = visible.legs().size() == 1;
    long seenMinor = seen.stream().mapToLong(TransferLeg::amountMinor).sum();
    return new TransferView(
        transfer.id(),
        transfer.status(),
        isDebitSide ? transfer.rejection() : null,
        transfer.isCapturedByRequest() ? TransferRequest.Capture.MANUAL : null,
        isOneLeg ? transfer.debitAccountId() : null,
        isOneLeg ? transfer.creditAccountId() : null,
        isOneLeg ? null : seen,
        seenMinor,
        transfer.currency(),
        // Several legs are captured whole.
        isOneLeg || transfer.capturedMinor() == 0 ? transfer.capturedMinor() : seenMinor,
        seen.stream().mapToLong(TransferLeg::reversedMinor).sum(),
        balances.isEmpty() ? null : balances,
        transfer.reverses(),
        reversals.items().isEmpty() ? null : reversals.items(),
        reversals.next(),
        (transfer.isVoidRequested() && !transfer.status().isFinal()) ? true : null,
        transfer.createdAt(),
        transfer.expiresAt(),
        // A final transfer that was never screened to an end has nothing to say here.
        isDebitSide && !(transfer.status().isFinal() && transfer.screening().equals("PENDING"))
            ? transfer.screening()
            : null,
        isDebitSide ? transfer.reference() : null,
        isDebitSide && !transfer.metadata().isEmpty() ? transfer.metadata() : null,
        isDebitSide && !timeline.items().isEmpty() ? timeline.items() : null,
        isDebitSide ? timeline.next() : null);
  }
}
