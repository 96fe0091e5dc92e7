package dev.payledger.ledger.saga;

import dev.payledger.ledger.command.JournalCommand.OfflineAllowance;
import java.time.Instant;

/// What happens to a transfer that fraud screening cannot be asked about: small ones may pass within
/// the allowances of their account and of its owner, all others wait.
final class OfflinePolicy {
  private final SagaProperties properties;

  OfflinePolicy(SagaProperties properties) {
    this.properties = properties;
  }

  boolean mayPass(long amountMinor) {
    return amountMinor <= properties.offlineLimitMinor();
  }

  /// Windows lie side by side from the epoch on, so every instance counts in the same one.
  OfflineAllowance allowance(Instant now) {
    long lengthMillis = properties.offlineWindow().toMillis();
    return new OfflineAllowance(
        Instant.ofEpochMilli(Math.floorDiv(now.toEpochMilli(), lengthMillis) * lengthMillis),
        properties.offlineAllowanceMinor(),
        properties.offlineOwnerAllowanceMinor());
  }
}
