package dev.payledger.system;

import dev.payledger.testkit.HouseRules;
import org.junit.jupiter.api.Test;

/// Here because `deploy/local` stands below `testkit` and cannot use it.
class HouseRulesTest {
  @Test
  void theLocalStackKeepsTheRulesOfTheHouse() {
    HouseRules.check("dev.payledger.local");
  }
}
