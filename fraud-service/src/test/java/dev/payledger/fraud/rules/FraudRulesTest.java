package dev.payledger.fraud.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FraudRulesTest {
  private static final UUID ALICE = UUID.fromString("a11ce000-0000-7000-8000-000000000978");
  private static final UUID BOB = UUID.fromString("b0b00000-0000-7000-8000-000000000978");
  private static final RuleBook RULES =
      RuleBook.of(
          new RulesProperties(
              1_000_000, Map.of("JPY", 50_000L), 2_500_000, Duration.ofHours(1), Set.of()));

  @ParameterizedTest(name = "{0} {1}, {2} reserved, operator {3}: {4}")
  @CsvSource(
      textBlock =
          """
          # amount, currency, reserved, operator, fired
          1,                EUR, 0,       false,
          1000000,          EUR, 0,       false,
          1000001,          EUR, 0,       false, AMOUNT_THRESHOLD
          50000,            JPY, 0,       false,
          50001,            JPY, 0,       false, AMOUNT_THRESHOLD
          1000000,          EUR, 1500000, false,
          1000000,          EUR, 1500001, false, VELOCITY_WINDOW
          1,                EUR, 2500000, false, VELOCITY_WINDOW
          9007199254740991, EUR, 2500000, false, AMOUNT_THRESHOLD VELOCITY_WINDOW
          9007199254740991, EUR, 2500000, true,
          """)
  void limitsThemselvesStillPass(
      long amountMinor, String currency, long reservedMinor, boolean operator, String fired) {
    assertThat(
            RULES.fired(
                new RuleInput(
                    Set.of(ALICE, BOB),
                    amountMinor,
                    currency,
                    operator,
                    List.of(new Velocity(ALICE, amountMinor, reservedMinor, 2_500_000)),
                    Set.of())))
        .isEqualTo(fired == null ? List.of() : List.of(fired.split(" ")));
  }

  @Test
  void eachDebitAccountHasItsOwnLimitAndOneOverItIsEnough() {
    Velocity within = new Velocity(ALICE, 10, 0, 10);
    Velocity over = new Velocity(BOB, 10, 1, 10);

    assertThat(velocity(within, within)).isFalse();
    assertThat(velocity(within, over)).isTrue();
    assertThat(velocity(over, within)).isTrue();
  }

  private static boolean velocity(Velocity... velocities) {
    return new VelocityWindow()
        .fires(new RuleInput(Set.of(ALICE, BOB), 20, "EUR", false, List.of(velocities), Set.of()));
  }

  @ParameterizedTest
  @CsvSource({"true, false", "false, false", "true, true", "false, true"})
  void blockedAccountDeclinesOnEitherSideAndForOperatorsToo(boolean debitSide, boolean operator) {
    Set<UUID> blocked = Set.of(debitSide ? ALICE : BOB);

    assertThat(
            RULES.fired(new RuleInput(Set.of(ALICE, BOB), 1, "EUR", operator, List.of(), blocked)))
        .containsExactly(BlockedAccount.NAME);
  }

  @Test
  void blockedStrangerChangesNothing() {
    assertThat(
            RULES.fired(
                new RuleInput(
                    Set.of(ALICE, BOB), 1, "EUR", false, List.of(), Set.of(UUID.randomUUID()))))
        .isEmpty();
  }

  @Test
  void sumThatOverflowsThrowsInsteadOfPassing() {
    RuleInput input =
        new RuleInput(
            Set.of(ALICE, BOB),
            2,
            "EUR",
            false,
            List.of(new Velocity(ALICE, 2, Long.MAX_VALUE - 1, Long.MAX_VALUE)),
            Set.of());

    assertThatThrownBy(() -> new VelocityWindow().fires(input))
        .isInstanceOf(ArithmeticException.class);
  }

  @Test
  void settingsWithoutMeaningAreRefused() {
    assertThatThrownBy(() -> new RulesProperties(0, Map.of(), 1, Duration.ofHours(1), Set.of()))
        .hasMessageContaining("threshold");
    assertThatThrownBy(
            () -> new RulesProperties(1, Map.of("EUR", 0L), 1, Duration.ofHours(1), Set.of()))
        .hasMessageContaining("threshold");
    assertThatThrownBy(() -> new RulesProperties(1, Map.of(), 0, Duration.ofHours(1), Set.of()))
        .hasMessageContaining("velocity-limit-minor");
    assertThatThrownBy(() -> new RulesProperties(1, Map.of(), 1, Duration.ZERO, Set.of()))
        .hasMessageContaining("velocity-window");
  }
}
