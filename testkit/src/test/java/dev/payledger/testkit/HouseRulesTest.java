package dev.payledger.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.lang.ArchRule;
import dev.payledger.planted.egg.Egg;
import dev.payledger.planted.hen.Hen;
import dev.payledger.testkit.util.Nameless;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Each rule of the house catches the violation planted for it.
class HouseRulesTest {
  private static final Map<ArchRule, Class<?>[]> PLANTED =
      Map.of(
          HouseRules.TIME_COMES_FROM_A_CLOCK,
          new Class<?>[] {PlantedViolations.ReadsTheWallClock.class},
          HouseRules.MONEY_IS_NEVER_FLOATING,
          new Class<?>[] {
            PlantedViolations.KeepsMoneyInDouble.class,
            PlantedViolations.KeepsMoneyInBigDecimal.class
          },
          HouseRules.PACKAGES_HAVE_NAMES,
          new Class<?>[] {Nameless.class},
          HouseRules.TYPES_HAVE_NAMES,
          new Class<?>[] {PlantedViolations.TransferManager.class},
          HouseRules.NOTHING_SLEEPS,
          new Class<?>[] {PlantedViolations.Sleeps.class},
          HouseRules.CONTROLLERS_ARE_PACKAGE_PRIVATE,
          new Class<?>[] {PlantedViolations.OpenController.class},
          HouseRules.NO_NETWORK_CALL_IN_A_TRANSACTION,
          new Class<?>[] {PlantedViolations.CallsWhileTheTransactionIsOpen.class},
          HouseRules.FEATURES_HAVE_NO_CYCLES,
          new Class<?>[] {Hen.class, Egg.class});

  @TestFactory
  java.util.stream.Stream<DynamicTest> eachRuleCatchesItsPlantedViolation() {
    return HouseRules.all()
        .map(
            rule ->
                DynamicTest.dynamicTest(
                    rule.getDescription(),
                    () -> {
                      assertThat(PLANTED).containsKey(rule);
                      assertThat(HouseRules.evaluate(rule, PLANTED.get(rule)).hasViolation())
                          .isTrue();
                    }));
  }

  @Test
  void theKitKeepsItsOwnRules() {
    HouseRules.check("dev.payledger.testkit");
  }

  @Test
  void aPackageWithoutClassesIsAnError() {
    assertThatThrownBy(() -> HouseRules.check("dev.payledger.nowhere"))
        .isInstanceOf(AssertionError.class);
  }
}
