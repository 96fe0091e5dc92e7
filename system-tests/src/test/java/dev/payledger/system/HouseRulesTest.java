package dev.payledger.system;

import dev.payledger.testkit.HouseRules;
import org.junit.jupiter.api.Test;

/// Here because `stack` and `failpoints` stand below `testkit`, and `demo-console` beside it: they cannot use it.
class HouseRulesTest {
  @Test
  void stackKeepsTheRules() {
    HouseRules.check("dev.payledger.stack");
  }

  @Test
  void demoConsoleKeepsTheRules() {
    HouseRules.check("dev.payledger.demo");
  }

  @Test
  void failpointsKeepTheRules() {
    HouseRules.check("dev.payledger.failpoints");
  }
}
