package dev.payledger.ledger.request;

import dev.payledger.ledger.LedgerUnderTest;
import dev.payledger.testkit.BrokenRequests;
import org.junit.jupiter.api.Test;

class BrokenRequestsIT extends LedgerUnderTest {
  @Test
  void brokenRequestsAreAnsweredWithProblemsToo() {
    BrokenRequests.assertAnsweredWithProblems(port, "Authorization: Bearer " + operator());
    BrokenRequests.assertAnsweredWithProblems(port, "X-Anonymous: yes");
    BrokenRequests.assertQueriesRefused(
        port, "/v1/accounts", "Authorization: Bearer " + operator());
    BrokenRequests.assertQueriesRefused(port, "/v1/accounts", "X-Anonymous: yes");
  }
}
