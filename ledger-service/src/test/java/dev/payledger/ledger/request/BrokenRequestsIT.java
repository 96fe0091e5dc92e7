package dev.payledger.ledger.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.ledger.LedgerUnderTest;
import dev.payledger.testkit.BrokenRequests;
import java.net.http.HttpHeaders;
import java.util.List;
import org.junit.jupiter.api.Test;

class BrokenRequestsIT extends LedgerUnderTest {
  @Test
  void brokenRequestsAreAnsweredWithProblemsToo() {
    BrokenRequests.assertAnsweredWithProblems(port, "Authorization: Bearer " + operator());
    BrokenRequests.assertAnsweredWithProblems(port, "X-Anonymous: yes");
  }

  @Test
  void answersAreNeitherStoredNorGuessedAt() {
    for (String token : new String[] {alice(), null}) {
      for (String path : List.of("/v1/accounts", "/v1/nothing", "/v1/accounts?x=1", "/v1//x")) {
        HttpHeaders headers = get(path, token).response().headers();
        assertThat(headers.allValues("Cache-Control")).containsExactly("no-store");
        assertThat(headers.allValues("X-Content-Type-Options")).containsExactly("nosniff");
      }
    }
  }
}
