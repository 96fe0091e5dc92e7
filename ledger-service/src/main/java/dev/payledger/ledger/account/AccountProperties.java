package dev.payledger.ledger.account;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/// Configuration of accounts.
///
/// @param settleTime age from which the past is settled. A line is stamped before its transaction
///     commits, by the clock of the instance that writes it: this covers the longest transaction of
///     the journal (its role's `transaction_timeout`, 5 s) and what clocks may differ by
@ConfigurationProperties("payledger.account")
record AccountProperties(Duration settleTime) {
  AccountProperties {
    if (settleTime.compareTo(Duration.ofSeconds(5)) <= 0) {
      throw new IllegalArgumentException(
          "settle-time must exceed 5s, the longest transaction of the journal");
    }
  }
}
