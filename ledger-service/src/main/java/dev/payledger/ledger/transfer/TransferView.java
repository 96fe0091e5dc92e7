package dev.payledger.ledger.transfer;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.payledger.ledger.journal.Leg;
import dev.payledger.ledger.request.Page;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A transfer as a caller sees it. Screening, reference and metadata are the debit side's business.
/// Of several legs, who does not own every debit account sees those that touch an own account, and
/// their sum.
///
/// @param rejection the reason's code, when REJECTED
/// @param capture MANUAL when it is captured by request
/// @param debitAccountId absent when there are several legs
/// @param creditAccountId absent when there are several legs
/// @param amountMinor minor units of currency
/// @param capturedMinor how much of it has been posted, minor units
/// @param reversedMinor how much of it has been given back, minor units
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
    @Nullable List<Leg> legs,
    long amountMinor,
    String currency,
    long capturedMinor,
    long reversedMinor,
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

  /// @param isOwn whether an account is the caller's business
  /// @param reversals the first page
  /// @param timeline the first page
  /// @return null when none of it is the caller's business
  static @Nullable TransferView of(
      Transfer transfer,
      List<Leg> legs,
      Predicate<UUID> isOwn,
      Page<UUID> reversals,
      Page<Step> timeline) {
    boolean isDebitSide = isDebitSide(legs, isOwn);
    List<Leg> seen =
        isDebitSide
            ? legs
            : legs.stream()
                .filter(
                    leg -> isOwn.test(leg.debitAccountId()) || isOwn.test(leg.creditAccountId()))
                .toList();
    if (seen.isEmpty()) {
      return null;
    }
    boolean isOneLeg = legs.size() == 1;
    long seenMinor = seen.stream().mapToLong(Leg::amountMinor).sum();
    return new TransferView(
        transfer.id(),
        transfer.status(),
        transfer.rejection(),
        transfer.isCapturedByRequest() ? TransferRequest.Capture.MANUAL : null,
        isOneLeg ? transfer.debitAccountId() : null,
        isOneLeg ? transfer.creditAccountId() : null,
        isOneLeg ? null : seen,
        seenMinor,
        transfer.currency(),
        // Several legs are captured and reversed whole.
        isOneLeg ? transfer.capturedMinor() : wholeOrNothing(transfer.capturedMinor(), seenMinor),
        isOneLeg ? transfer.reversedMinor() : wholeOrNothing(transfer.reversedMinor(), seenMinor),
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

  /// Whether every account that pays is the caller's business.
  static boolean isDebitSide(List<Leg> legs, Predicate<UUID> isOwn) {
    return legs.stream().map(Leg::debitAccountId).allMatch(isOwn);
  }

  private static long wholeOrNothing(long minor, long wholeMinor) {
    return minor > 0 ? wholeMinor : 0;
  }
}
