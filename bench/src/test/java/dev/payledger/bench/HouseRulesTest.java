package dev.payledger.bench;

import dev.payledger.testkit.HouseRules;
import org.junit.jupiter.api.Test;

class HouseRulesTest {
  @Test
  void theBenchKeepsTheRulesOfTheHouse() {
    HouseRules.check("dev.payledger.bench");
  }
}
