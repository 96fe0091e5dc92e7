package dev.payledger.fraud.blocking;

import dev.payledger.fraud.web.RequiredText;

/// The body of `PUT /blocked-accounts/{accountId}`.
///
/// @param isBlocked what the account shall be
/// @param reason why, 1 … 1000 characters
/// @param changedBy who, 1 … 100 characters; the caller's word until services and people have
///     credentials here. Not the name of the service's own setting, whose blocks end with it
record BlockedAccountRequest(boolean isBlocked, String reason, String changedBy) {
  BlockedAccountRequest {
    RequiredText.check("reason", reason, 1_000);
    RequiredText.check("changedBy", changedBy, 100);
    if (changedBy.strip().equalsIgnoreCase(BlockedAccounts.CONFIGURATION)) {
      throw new IllegalArgumentException(
          "changedBy is a person's or a service's name, not " + BlockedAccounts.CONFIGURATION);
    }
  }
}
