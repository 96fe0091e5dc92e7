package dev.payledger.ledger;

import dev.payledger.testkit.HouseRules;
import org.junit.jupiter.api.Test;

class HouseRulesTest {
  @Test
  void theLedgerKeepsTheRulesOfTheHouse() {
    HouseRules.check("dev.payledger.ledger");
  }
}
