package dev.payledger.gateway;

import dev.payledger.testkit.HouseRules;
import org.junit.jupiter.api.Test;

class HouseRulesTest {
  @Test
  void theGatewayKeepsTheRulesOfTheHouse() {
    HouseRules.check("dev.payledger.gateway");
  }
}
