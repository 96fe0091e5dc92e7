package dev.payledger.fraud;

import dev.payledger.testkit.HouseRules;
import org.junit.jupiter.api.Test;

class HouseRulesTest {
  @Test
  void theServiceKeepsTheRulesOfTheHouse() {
    HouseRules.check("dev.payledger.fraud");
  }
}
