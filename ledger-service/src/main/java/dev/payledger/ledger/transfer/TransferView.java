package dev.payledger.ledger.transfer;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A transfer as a caller sees it. Screening, reference and metadata are the debit side's business.
///
/// @param rejection the reason's code, when REJECTED
/// @param amountMinor minor units of currency
/// @param capturedMinor how much of it has been posted, minor units
/// @param reversedMinor how much of it has been given back, minor units
/// @param reverses the transfer that this one gives back
/// @param reversals the transfers that give this one back, newest last; only when one is asked for
/// @param expiresAt past it a pending transfer is given up and its funds are available again
record TransferView(
    UUID id,
    Transfer.Status status,
    @Nullable String rejection,
    UUID debitAccountId,
    UUID creditAccountId,
    long amountMinor,
    String currency,
    long capturedMinor,
    long reversedMinor,
    @Nullable UUID reverses,
    @Nullable List<UUID> reversals,
    Instant createdAt,
    Instant expiresAt,
    @Nullable String screening,
    @Nullable String reference,
    @Nullable Map<String, String> metadata) {

  static TransferView of(Transfer transfer, boolean isDebitSide) {
    return of(transfer, isDebitSide, List.of());
  }

  static TransferView of(Transfer transfer, boolean isDebitSide, List<UUID> reversals) {
    return new TransferView(
        transfer.id(),
        transfer.status(),
        transfer.rejection(),
        transfer.debitAccountId(),
        transfer.creditAccountId(),
        transfer.amountMinor(),
        transfer.currency(),
        transfer.status() == Transfer.Status.POSTED ? transfer.amountMinor() : 0,
        transfer.reversedMinor(),
        transfer.reverses(),
        reversals.isEmpty() ? null : reversals,
        transfer.createdAt(),
        transfer.expiresAt(),
        // A final transfer that was never screened to an end has nothing to say here.
        isDebitSide && !(transfer.status().isFinal() && transfer.screening().equals("PENDING"))
            ? transfer.screening()
            : null,
        isDebitSide ? transfer.reference() : null,
        isDebitSide && !transfer.metadata().isEmpty() ? transfer.metadata() : null);
  }
}
