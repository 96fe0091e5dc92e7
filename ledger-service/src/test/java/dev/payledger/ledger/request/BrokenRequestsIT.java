package dev.payledger.ledger.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.ledger.LedgerUnderTest;
import dev.payledger.testkit.BrokenRequests;
import java.net.http.HttpHeaders;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

class BrokenRequestsIT extends LedgerUnderTest {
  @ParameterizedTest
  @CsvSource({
    "/v1/transfers?accountId={a}&stauts=REJECTED   , stauts is no parameter",
    "/v1/transfers?accountId={a}&limit=1&limit=2   , limit is given more than once",
    "/v1/transfers?accountId={a}&limit=0x1         , limit must be a number",
    "/v1/transfers?accountId={a}&limit=%D9%A1      , limit must be a number",
    "/v1/transfers?accountId={a}&limit=%2B1        , limit must be a number",
    "/v1/transfers                                 , accountId is missing",
    "/v1/transfers/{a}?waitMs=-0                   , waitMs must be a number",
    "/v1/transfers/{a}?wait=1                      , wait is no parameter",
    "/v1/accounts?ownr=bob                         , ownr is no parameter",
    "/v1/accounts/{a}/balance?asof=2026-01-01      , asof is no parameter",
    "/v1/accounts/{a}/statement?from=2026-01-01T00:00:00Z, to is missing",
    "/v1/operator/checks?mod=FULL                  , mod is no parameter"
  })
  void undeclaredParameterIsNamed(String path, String detail) {
    Answer answer = get(path.replace("{a}", account("alice", 0).toString()), operator());

    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    assertThat(answer.code()).isEqualTo("invalid-request");
    assertThat(answer.json().get("detail").asString()).startsWith(detail);
  }

  @Test
  void brokenRequestsAreAnsweredWithProblemsToo() {
    BrokenRequests.assertAnsweredWithProblems(port, "Authorization: Bearer " + operator());
    BrokenRequests.assertAnsweredWithProblems(port, "X-Anonymous: yes");
  }

  @Test
  @ExtendWith(OutputCaptureExtension.class)
  void unreadableQueryIsLoggedWithoutStackTrace(CapturedOutput log) {
    BrokenRequests.assertQueriesRefused(
        port, "/v1/accounts", "Authorization: Bearer " + operator());
    BrokenRequests.assertQueriesRefused(port, "/v1/accounts", "X-Anonymous: yes");
    assertThat(log.getAll()).contains("cannot be read").doesNotContain("Exception", "\tat ");
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
