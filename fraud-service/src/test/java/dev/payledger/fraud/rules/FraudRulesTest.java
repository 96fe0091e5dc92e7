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
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class FraudRulesTest {
  private static final UUID ALICE = UUID.fromString("a11ce000-0000-7000-8000-000000000978");
  private static final UUID BOB = UUID.fromString("b0b00000-0000-7000-8000-000000000978");
  private static final Duration AGE = Duration.ofHours(24);
  private static final RuleBook RULES =
      RuleBook.of(
          properties(
              Map.of(
                  "amount-threshold-minor-by-currency.JPY", "50000",
                  "new-payee-limit-minor-by-currency.JPY", "1000")));

  @ParameterizedTest(name = "{0} {1}, {2} reserved, known {3}, operator {4}: {5}")
  @CsvSource(
      textBlock =
          """
          # amount, currency, reserved, known, operator, fired
          1,                EUR, 0,       true,  false,
          1000000,          EUR, 0,       true,  false,
          1000001,          EUR, 0,       true,  false, amount-threshold
          50000,            JPY, 0,       true,  false,
          50001,            JPY, 0,       true,  false, amount-threshold
          1000000,          EUR, 1500000, true,  false,
          1000000,          EUR, 1500001, true,  false, velocity-window
          1,                EUR, 2500000, true,  false, velocity-window
          500000,           EUR, 0,       false, false,
          500001,           EUR, 0,       false, false, new-payee
          1000,             JPY, 0,       false, false,
          1001,             JPY, 0,       false, false, new-payee
          9007199254740991, EUR, 2500000, false, false, amount-threshold velocity-window new-payee
          9007199254740991, EUR, 2500000, false, true,
          """)
  void limitsThemselvesStillPass(
      long amountMinor,
      String currency,
      long reservedMinor,
      boolean isKnown,
      boolean operator,
      String fired) {
    Judgement judgement =
        RULES.judge(
            new RuleInput(
                Set.of(ALICE, BOB),
                amountMinor,
                currency,
                operator,
                List.of(new Velocity(ALICE, amountMinor, reservedMinor, 2_500_000)),
                List.of(payee(amountMinor, isKnown ? 2 : 0, AGE, 0)),
                Set.of()));

    assertThat(judgement.findings().stream().map(Finding::rule).toList())
        .isEqualTo(fired == null ? List.of() : List.of(fired.split(" ")));
    assertThat(judgement.isDecline()).isEqualTo(fired != null);
  }

  /// What makes a payee known, at each of its edges.
  @ParameterizedTest(name = "{0} payments, the first {1} ago, {2} received: known {3}")
  @CsvSource(
      textBlock =
          """
          # payments, first ago, received, known
          0,  PT0S,        0,      false
          1,  PT8760H,     0,      false
          2,  PT23H59M59S, 0,      false
          2,  PT24H,       0,      true
          20, PT0S,        0,      false
          0,  PT0S,        500000, false
          0,  PT0S,        500001, true
          0,  PT0S,        1,      false
          """)
  void aPayeeIsKnownByNumberAgeAndAmount(
      int payments, Duration firstAge, long receivedMinor, boolean isKnown) {
    Judgement judgement =
        RULES.judge(
            new RuleInput(
                Set.of(ALICE, BOB),
                500_001,
                "EUR",
                false,
                List.of(),
                List.of(payee(500_001, payments, firstAge, receivedMinor)),
                Set.of()));

    assertThat(judgement.findings()).hasSize(isKnown ? 0 : 1);
  }

  private static Payee payee(
      long amountMinor, int payments, Duration firstAge, long receivedMinor) {
    return new Payee(ALICE, BOB, amountMinor, payments, firstAge, receivedMinor);
  }

  @ParameterizedTest
  @CsvSource({"true, false", "false, false", "true, true", "false, true"})
  void blockedAccountDeclinesOnEitherSideAndForOperatorsToo(boolean debitSide, boolean operator) {
    Judgement judgement = RULES.judge(blocking(operator, debitSide ? ALICE : BOB));

    assertThat(judgement.findings())
        .containsExactly(
            new Finding(
                "blocked-account",
                100,
                "Account %s is blocked.".formatted(debitSide ? ALICE : BOB)));
    assertThat(judgement.score()).isEqualTo(100);
  }

  @Test
  void blockedStrangerChangesNothing() {
    assertThat(RULES.judge(blocking(false, UUID.randomUUID())).findings()).isEmpty();
  }

  private static RuleInput blocking(boolean operator, UUID blocked) {
    return new RuleInput(
        Set.of(ALICE, BOB), 1, "EUR", operator, List.of(), List.of(), Set.of(blocked));
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
    return new VelocityWindow(100)
        .judge(
            new RuleInput(
                Set.of(ALICE, BOB), 20, "EUR", false, List.of(velocities), List.of(), Set.of()))
        .isPresent();
  }

  @Test
  void sumThatOverflowsThrowsInsteadOfPassing() {
    assertThatThrownBy(() -> velocity(new Velocity(ALICE, 2, Long.MAX_VALUE - 1, Long.MAX_VALUE)))
        .isInstanceOf(ArithmeticException.class);
  }

  @ParameterizedTest(name = "points {0}: score {1}, declined {2}")
  @CsvSource(
      textBlock =
          """
          '',        0,   false
          '59',      59,  false
          '60',      60,  true
          '30 29',   59,  false
          '30 30',   60,  true
          '60 60',   100, true
          """)
  void pointsAddUpToAHundredAtMostAndDeclineFromTheScoreOn(
      String points, int score, boolean isDecline) {
    List<Finding> findings =
        points.isEmpty()
            ? List.of()
            : List.of(points.split(" ")).stream()
                .map(each -> new Finding("some-rule", Integer.parseInt(each), "why"))
                .toList();

    Judgement judgement = new Judgement(findings, 60);

    assertThat(judgement.score()).isEqualTo(score);
    assertThat(judgement.isDecline()).isEqualTo(isDecline);
  }

  @Test
  void pointsThatAreTakenDownLeaveARuleThatWarnsOnly() {
    RuleBook warning = RuleBook.of(properties(Map.of("new-payee-points", "20")));

    Judgement judgement =
        warning.judge(
            new RuleInput(
                Set.of(ALICE, BOB),
                500_001,
                "EUR",
                false,
                List.of(),
                List.of(payee(500_001, 0, Duration.ZERO, 0)),
                Set.of()));

    assertThat(judgement.score()).isEqualTo(20);
    assertThat(judgement.isDecline()).isFalse();
    assertThat(judgement.findings()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "decline-score, 0",
    "decline-score, 101",
    "amount-threshold-minor, 0",
    "amount-threshold-minor-by-currency.EUR, 0",
    "amount-threshold-minor-by-currency.euro, 1",
    "amount-threshold-points, 0",
    "amount-threshold-points, 101",
    "velocity-limit-minor, 0",
    "velocity-window, 0s",
    "velocity-points, 101",
    "velocity-points, 59",
    "new-payee-limit-minor, 0",
    "new-payee-limit-minor-by-currency.EUR, -1",
    "new-payee-points, 0",
    "known-payee-payments, 0",
    "known-payee-payments, 21",
    "known-payee-payment-minor, 0",
    "known-payee-age, -1s"
  })
  void settingsWithoutMeaningAreRefusedByName(String name, String value) {
    assertThatThrownBy(() -> properties(Map.of(name, value)))
        .rootCause()
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("fraud.rules." + name.replaceAll("-by-currency.*", ""));
  }

  private static RulesProperties properties(Map<String, String> settings) {
    Map<String, String> named = new java.util.HashMap<>();
    settings.forEach((name, value) -> named.put("fraud.rules." + name, value));
    return new Binder(new MapConfigurationPropertySource(named))
        .bindOrCreate("fraud.rules", RulesProperties.class);
  }
}
