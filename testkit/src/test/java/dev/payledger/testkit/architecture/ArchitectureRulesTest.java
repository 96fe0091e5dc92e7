package dev.payledger.testkit.architecture;

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
class ArchitectureRulesTest {
  private static final Map<ArchRule, Class<?>[]> PLANTED =
      Map.of(
          ArchitectureRules.TIME_COMES_FROM_A_CLOCK,
          new Class<?>[] {PlantedViolations.ReadsTheWallClock.class},
          ArchitectureRules.MONEY_IS_NEVER_FLOATING,
          new Class<?>[] {
            PlantedViolations.KeepsMoneyInDouble.class,
            PlantedViolations.KeepsMoneyInBigDecimal.class
          },
          ArchitectureRules.PACKAGES_HAVE_NAMES,
          new Class<?>[] {Nameless.class},
          ArchitectureRules.TYPES_HAVE_NAMES,
          new Class<?>[] {PlantedViolations.TransferManager.class},
          ArchitectureRules.NOTHING_SLEEPS,
          new Class<?>[] {PlantedViolations.Sleeps.class},
          ArchitectureRules.CONTROLLERS_ARE_PACKAGE_PRIVATE,
          new Class<?>[] {PlantedViolations.OpenController.class},
          ArchitectureRules.NO_NETWORK_CALL_IN_A_TRANSACTION,
          new Class<?>[] {PlantedViolations.CallsWhileTheTransactionIsOpen.class},
          ArchitectureRules.FEATURES_HAVE_NO_CYCLES,
          new Class<?>[] {Hen.class, Egg.class});

  @TestFactory
  java.util.stream.Stream<DynamicTest> eachRuleCatchesItsPlantedViolation() {
    return ArchitectureRules.all()
        .map(
            rule ->
                DynamicTest.dynamicTest(
                    rule.getDescription(),
                    () -> {
                      assertThat(PLANTED).containsKey(rule);
                      assertThat(ArchitectureRules.evaluate(rule, PLANTED.get(rule)).hasViolation())
                          .isTrue();
                    }));
  }

  @Test
  void testkitKeepsArchitectureRules() {
    ArchitectureRules.check("dev.payledger.testkit");
  }

  @Test
  void rejectsPackagesWithoutClasses() {
    assertThatThrownBy(() -> ArchitectureRules.check("dev.payledger.nowhere"))
        .isInstanceOf(AssertionError.class);
  }
}
