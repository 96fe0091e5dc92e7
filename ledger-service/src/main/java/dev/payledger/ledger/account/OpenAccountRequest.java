package dev.payledger.ledger.account;

import dev.payledger.ledger.request.Text;
import org.jspecify.annotations.Nullable;

/// The body of `POST /v1/accounts`.
///
/// @param name 1 to 80 characters without control characters
/// @param currency ISO 4217, one that the ledger keeps books in
/// @param owner the caller when absent; only an operator names another
record OpenAccountRequest(String name, String currency, @Nullable String owner) {
  static final String OWNER = "[a-z0-9-]{1,40}";

  OpenAccountRequest {
    if (name == null || Text.isBlank(name) || !Text.fits(name, 80)) {
      throw new IllegalArgumentException(
          "name must have 1 to 80 characters and no control characters");
    }
    if (currency == null || !currency.matches("EUR|USD")) {
      throw new IllegalArgumentException("currency must be EUR or USD");
    }
    if (owner != null && !owner.matches(OWNER)) {
      throw new IllegalArgumentException("owner must be 1 to 40 of a-z, 0-9 and -");
    }
  }
}
