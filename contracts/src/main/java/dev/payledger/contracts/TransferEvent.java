package dev.payledger.contracts;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// `ledger.transfer.v1`: a transfer reached a state. Schema: `schemas/ledger.transfer.v1.json`.
///
/// @param sequence this transfer's event number, from 1, without gaps
/// @param debitAccountId of the first leg, when there are several
/// @param creditAccountId of the first leg, when there are several
/// @param amountMinor minor units, 1 … 2^53−1; the sum of the legs, when there are several
/// @param capturedMinor how much of it has been posted so far, minor units
/// @param legs all of them, when there are several; else absent
/// @param rejection the rejection's code when the status is REJECTED, else absent
/// @param reverses the transfer that this one gives back, whole or in part; else absent
public record TransferEvent(
    UUID transferId,
    long sequence,
    Status status,
    UUID debitAccountId,
    UUID creditAccountId,
    long amountMinor,
    long capturedMinor,
    String currency,
    @Nullable List<Leg> legs,
    Screening screening,
    @Nullable String rejection,
    @Nullable UUID reverses,
    Instant occurredAt) {

  /// One debit and credit of a transfer that has several.
  ///
  /// @param amountMinor minor units, 1 … 2^53−1
  public record Leg(UUID debitAccountId, UUID creditAccountId, long amountMinor) {}

  /// Where the transfer is. PENDING and HELD (it awaits its capture) move on; the others are final.
  public enum Status {
    PENDING,
    HELD,
    POSTED,
    REJECTED,
    VOIDED,
    EXPIRED
  }

  /// What fraud screening said. SKIPPED: it could not be asked and the offline policy let it pass.
  public enum Screening {
    PENDING,
    APPROVED,
    SKIPPED,
    DECLINED
  }
}
