package dev.payledger.relay;

import dev.payledger.testkit.architecture.ArchitectureRules;
import org.junit.jupiter.api.Test;

class ArchitectureRulesTest {
  @Test
  void keepsArchitectureRules() {
    ArchitectureRules.check("dev.payledger.relay");
  }
}
