package dev.payledger.system;

import dev.payledger.testkit.HouseRules;
import org.junit.jupiter.api.Test;

/// Here because `deploy/local` and `failpoints` stand below `testkit` and cannot use it.
class HouseRulesTest {
  @Test
  void theLocalStackKeepsTheRulesOfTheHouse() {
    HouseRules.check("dev.payledger.local");
  }

  @Test
  void theFailpointsKeepTheRulesOfTheHouse() {
    HouseRules.check("dev.payledger.failpoints");
  }
}
