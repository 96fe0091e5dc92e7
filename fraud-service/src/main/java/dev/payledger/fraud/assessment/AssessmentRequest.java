package dev.payledger.fraud.assessment;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.summingLong;
import static java.util.stream.Collectors.toSet;

import dev.payledger.fraud.payee.Pair;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/// What is to be assessed, all legs as one. Equal requests get the same answer, whatever their
/// spelling; the order of the legs is not spelling.
///
/// @param operatorInitiated exempt from the rules about how much
/// @param legs 1 … 50, with a sum of at most 2^53−1 minor units
public record AssessmentRequest(String currency, boolean operatorInitiated, List<Leg> legs) {
  static final int LEGS_MAX = 50;

  public AssessmentRequest {
    legs = List.copyOf(legs);
    if (!currency.matches("[A-Z]{3}")) {
      throw new IllegalArgumentException("currency is three capital letters");
    }
    if (legs.isEmpty() || legs.size() > LEGS_MAX) {
      throw new IllegalArgumentException("a transfer has 1 to 50 legs");
    }
    if (amountMinor(legs) > Leg.AMOUNT_MINOR_MAX) {
      throw new IllegalArgumentException("the sum of the legs is out of range");
    }
  }

  /// The sum of the legs, minor units.
  long amountMinor() {
    return amountMinor(legs);
  }

  /// The sum of the legs that debit an account, minor units, for each such account.
  Map<UUID, Long> debitsMinor() {
    return legs.stream().collect(groupingBy(Leg::debitAccountId, summingLong(Leg::amountMinor)));
  }

  /// The sum of the legs for each pair of a debit and a credit account, minor units.
  public Map<Pair, Long> pairsMinor() {
    return legs.stream()
        .collect(
            groupingBy(
                leg -> new Pair(leg.debitAccountId(), leg.creditAccountId()),
                LinkedHashMap::new,
                summingLong(Leg::amountMinor)));
  }

  /// Everybody on either side of a leg.
  Set<UUID> accountIds() {
    return legs.stream()
        .flatMap(leg -> Stream.of(leg.debitAccountId(), leg.creditAccountId()))
        .collect(toSet());
  }

  private static long amountMinor(List<Leg> legs) {
    // At most 50 of less than 2^53 each: the sum of longs cannot overflow.
    return legs.stream().mapToLong(Leg::amountMinor).sum();
  }
}
