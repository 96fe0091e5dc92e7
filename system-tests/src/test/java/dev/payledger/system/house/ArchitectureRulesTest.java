package dev.payledger.system.house;

import dev.payledger.testkit.architecture.ArchitectureRules;
import org.junit.jupiter.api.Test;

/// Here because `stack` and `failpoints` stand below `testkit`, and `demo-console` beside it: they
/// cannot use it.
class ArchitectureRulesTest {
  @Test
  void stackKeepsTheRules() {
    ArchitectureRules.check("dev.payledger.stack");
  }

  @Test
  void demoConsoleKeepsTheRules() {
    ArchitectureRules.check("dev.payledger.demo");
  }

  @Test
  void failpointsKeepTheRules() {
    ArchitectureRules.check("dev.payledger.failpoints");
  }
}
