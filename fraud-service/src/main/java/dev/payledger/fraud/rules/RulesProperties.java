package dev.payledger.fraud.rules;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// What the rules compare with. Amounts are minor units.
///
/// @param amountThresholdMinor the largest single transfer, for currencies without their own
/// @param velocityLimitMinor the most that one debit account moves in one window. A window keeps the
///     limit that it was opened with
/// @param velocityWindow length of the fixed windows, counted from 1970
/// @param blockedAccounts blocked besides those in the table `blocked_account`
@ConfigurationProperties("fraud.rules")
public record RulesProperties(
    @DefaultValue("1000000") long amountThresholdMinor,
    @DefaultValue Map<String, Long> amountThresholdMinorByCurrency,
    @DefaultValue("2500000") long velocityLimitMinor,
    @DefaultValue("1h") Duration velocityWindow,
    @DefaultValue Set<UUID> blockedAccounts) {

  public RulesProperties {
    amountThresholdMinorByCurrency = Map.copyOf(amountThresholdMinorByCurrency);
    blockedAccounts = Set.copyOf(blockedAccounts);
    if (amountThresholdMinor < 1
        || amountThresholdMinorByCurrency.values().stream().anyMatch(minor -> minor < 1)) {
      throw new IllegalArgumentException("fraud.rules: an amount threshold is at least 1");
    }
    if (velocityLimitMinor < 1) {
      throw new IllegalArgumentException("fraud.rules.velocity-limit-minor is at least 1");
    }
    if (velocityWindow.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("fraud.rules.velocity-window is at least one second");
    }
  }
}
