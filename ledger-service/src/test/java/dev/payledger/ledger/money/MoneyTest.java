package dev.payledger.ledger.money;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MoneyTest {

  @ParameterizedTest
  @ValueSource(longs = {1, 1_000, 9_007_199_254_740_991L})
  void anAmountFromOneMinorUnitToTheLargestExactJsonIntegerIsMoney(long amountMinor) {
    assertThat(new Money(amountMinor, "EUR").amountMinor()).isEqualTo(amountMinor);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, 9_007_199_254_740_992L, Long.MIN_VALUE, Long.MAX_VALUE})
  void anyOtherAmountIsNotMoney(long amountMinor) {
    assertThatIllegalArgumentException().isThrownBy(() -> new Money(amountMinor, "EUR"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "EU", "EURO", "eur", "EU1", "EÜR", "E R"})
  void aCurrencyIsThreeCapitalLetters(String currency) {
    assertThatIllegalArgumentException().isThrownBy(() -> new Money(1, currency));
  }

  @Test
  void theBoundIsTheLargestIntegerThatADoubleKeepsExact() {
    assertThat((long) (double) Money.AMOUNT_MAX_MINOR).isEqualTo(Money.AMOUNT_MAX_MINOR);
    assertThat((double) (Money.AMOUNT_MAX_MINOR + 1)).isEqualTo((double) (1L << 53));
    assertThat((double) (Money.AMOUNT_MAX_MINOR + 2)).isEqualTo((double) (1L << 53));
  }
}
