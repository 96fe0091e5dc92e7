package dev.payledger.ledger.account;

import org.jspecify.annotations.Nullable;

/// The body of `POST /v1/accounts/{id}/freeze`, which may be absent.
///
/// @param side absent: an owner's freeze stops debits, an operator's both
record FreezeRequest(Account.@Nullable Side side) {}
