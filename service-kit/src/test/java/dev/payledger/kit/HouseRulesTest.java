package dev.payledger.kit;

import dev.payledger.testkit.HouseRules;
import org.junit.jupiter.api.Test;

class HouseRulesTest {
  @Test
  void theKitKeepsTheHouseRules() {
    HouseRules.check("dev.payledger.kit");
  }
}
