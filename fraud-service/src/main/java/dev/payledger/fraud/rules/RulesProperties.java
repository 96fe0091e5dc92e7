package dev.payledger.fraud.rules;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// What the rules compare with, and what each adds to the score. Amounts are minor units; a
/// currency's own value goes before the one for all. The same in words for an editor:
/// `META-INF/spring-configuration-metadata.json`.
///
/// @param declineScore the score from which a transfer is declined
/// @param amountThresholdMinor the largest single transfer
/// @param velocityLimitMinor the most that one debit account moves in one window. A window keeps the
///     limit that it was opened with
/// @param velocityWindow length of the fixed windows, counted from 1970
/// @param velocityPoints at least the decline score: a counter never goes past its limit, so that
///     an approval above it could not be reserved
/// @param newPayeeLimitMinor the largest payment to an account that is not known
/// @param knownPayeePayments how many payments make a payee known, 1 to `PAYMENTS_MAX`
/// @param knownPayeePaymentMinor the least amount of a payment that counts, whatever the currency
/// @param knownPayeeAge how long ago the first of them was at least
/// @param blockedAccounts blocked at the start, like those that an operator blocks
@ConfigurationProperties("fraud.rules")
public record RulesProperties(
    @DefaultValue("60") int declineScore,
    @DefaultValue("1000000") long amountThresholdMinor,
    @DefaultValue Map<String, Long> amountThresholdMinorByCurrency,
    @DefaultValue("60") int amountThresholdPoints,
    @DefaultValue("2500000") long velocityLimitMinor,
    @DefaultValue("1h") Duration velocityWindow,
    @DefaultValue("60") int velocityPoints,
    @DefaultValue("500000") long newPayeeLimitMinor,
    @DefaultValue Map<String, Long> newPayeeLimitMinorByCurrency,
    @DefaultValue("60") int newPayeePoints,
    @DefaultValue("2") int knownPayeePayments,
    @DefaultValue("1000") long knownPayeePaymentMinor,
    @DefaultValue("24h") Duration knownPayeeAge,
    @DefaultValue Set<UUID> blockedAccounts) {

  /// So many payments of a pair are told apart, and no more (`payee.counted`).
  public static final int PAYMENTS_MAX = 20;

  public RulesProperties {
    amountThresholdMinorByCurrency = Map.copyOf(amountThresholdMinorByCurrency);
    newPayeeLimitMinorByCurrency = Map.copyOf(newPayeeLimitMinorByCurrency);
    blockedAccounts = Set.copyOf(blockedAccounts);
    requirePoints("decline-score", declineScore);
    requirePoints("amount-threshold-points", amountThresholdPoints);
    requirePoints("velocity-points", velocityPoints);
    requirePoints("new-payee-points", newPayeePoints);
    requireAmounts("amount-threshold-minor", amountThresholdMinor, amountThresholdMinorByCurrency);
    requireAmounts("velocity-limit-minor", velocityLimitMinor, Map.of());
    requireAmounts("new-payee-limit-minor", newPayeeLimitMinor, newPayeeLimitMinorByCurrency);
    requireAmounts("known-payee-payment-minor", knownPayeePaymentMinor, Map.of());
    if (knownPayeePayments < 1 || knownPayeePayments > PAYMENTS_MAX) {
      throw new IllegalArgumentException(
          "fraud.rules.known-payee-payments is 1 to " + PAYMENTS_MAX);
    }
    if (knownPayeeAge.isNegative()) {
      throw new IllegalArgumentException("fraud.rules.known-payee-age is not negative");
    }
    if (velocityPoints < declineScore) {
      throw new IllegalArgumentException(
          "fraud.rules.velocity-points is at least the decline-score");
    }
    if (velocityWindow.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("fraud.rules.velocity-window is at least one second");
    }
  }

  private static void requirePoints(String name, int points) {
    if (points < 1 || points > Judgement.SCORE_MAX) {
      throw new IllegalArgumentException("fraud.rules." + name + " is 1 to 100");
    }
  }

  private static void requireAmounts(String name, long amountMinor, Map<String, Long> byCurrency) {
    if (amountMinor < 1
        || !byCurrency.entrySet().stream()
            .allMatch(own -> own.getKey().matches("[A-Z]{3}") && own.getValue() >= 1)) {
      throw new IllegalArgumentException(
          "fraud.rules." + name + " is at least 1, for currencies of three capital letters");
    }
  }
}
