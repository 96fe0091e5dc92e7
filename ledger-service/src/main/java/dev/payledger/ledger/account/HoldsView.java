package dev.payledger.ledger.account;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What an account holds beside its amounts, read at one instant: with all pages of one `version`, the
/// holds are what `heldMinor` is made of. Minor units.
///
/// @param version grows with each change of the account
/// @param next cursor of the next page; absent on the last one
record HoldsView(
    UUID accountId,
    String currency,
    long balanceMinor,
    long availableMinor,
    long heldMinor,
    long version,
    List<Hold> items,
    @Nullable String next) {

  /// @param amountMinor what is held now: of a transfer that was captured in part, the rest
  record Hold(UUID transferId, long amountMinor, Instant heldAt, Instant expiresAt) {}
}
