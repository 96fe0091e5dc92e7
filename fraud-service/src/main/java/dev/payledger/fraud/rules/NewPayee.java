package dev.payledger.fraud.rules;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;

/// Doubts a large payment to an account that the debit account does not know. It knows an account that
/// it has paid so many times, each time enough to count, and for the first time so long ago; and it
/// may give back as much as it was paid at once. One cent makes nobody known, nor does an hour.
/// Operators are exempt.
///
/// @param defaultMinor the most that such a payment may be in a currency without its own limit,
///     minor units; itself still passes
/// @param payments how many payments make a payee known
/// @param paymentMinor least amount of a payment that counts, minor units; whoever remembers
///     payments applies it
/// @param age least age of the first of them
record NewPayee(
    long defaultMinor,
    Map<String, Long> minorByCurrency,
    int points,
    int payments,
    long paymentMinor,
    Duration age)
    implements FraudRule {
  static final String ID = "new-payee";

  @Override
  public Optional<Finding> judge(RuleInput input) {
    if (input.operatorInitiated()) {
      return Optional.empty();
    }
    long limitMinor = minorByCurrency.getOrDefault(input.currency(), defaultMinor);
    return input.payees().stream()
        .filter(payee -> payee.amountMinor() > limitMinor && !isKnown(payee))
        .findFirst()
        .map(payee -> new Finding(ID, points, why(payee, limitMinor)));
  }

  private boolean isKnown(Payee payee) {
    return (payee.paymentCount() >= payments && payee.firstAge().compareTo(age) >= 0)
        || payee.amountMinor() <= payee.receivedMinor();
  }

  private String why(Payee payee, long limitMinor) {
    return ("Account %s does not know account %s: %d of %d payments of at least %d, the first %s ago"
            + " of %s; and %d is above %d.")
        .formatted(
            payee.debitAccountId(),
            payee.creditAccountId(),
            Math.min(payee.paymentCount(), payments),
            payments,
            paymentMinor,
            payee.firstAge().truncatedTo(ChronoUnit.SECONDS),
            age,
            payee.amountMinor(),
            limitMinor);
  }
}
