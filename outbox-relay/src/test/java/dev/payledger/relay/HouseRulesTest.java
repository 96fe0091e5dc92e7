package dev.payledger.relay;

import dev.payledger.testkit.HouseRules;
import org.junit.jupiter.api.Test;

class HouseRulesTest {
  @Test
  void theRelayKeepsTheHouseRules() {
    HouseRules.check("dev.payledger.relay");
  }
}
