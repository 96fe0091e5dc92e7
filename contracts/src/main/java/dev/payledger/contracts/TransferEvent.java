package dev.payledger.contracts;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// `ledger.transfer.v1`: a transfer reached a state. Schema: `schemas/ledger.transfer.v1.json`.
///
/// @param sequence this transfer's event number, from 1, without gaps
/// @param amountMinor minor units, 1 … 2^53−1
/// @param rejection the rejection's code when the status is REJECTED, else absent
/// @param reverses the transfer that this one gives back, whole or in part; else absent
public record TransferEvent(
    UUID transferId,
    long sequence,
    Status status,
    UUID debitAccountId,
    UUID creditAccountId,
    long amountMinor,
    String currency,
    Screening screening,
    @Nullable String rejection,
    @Nullable UUID reverses,
    Instant occurredAt) {

  /// Where the transfer is. PENDING moves on; the others are final.
  public enum Status {
    PENDING,
    POSTED,
    REJECTED,
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
