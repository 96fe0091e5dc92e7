package dev.payledger.ledger.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.ledger.LedgerUnderTest;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A query parameter that is unknown, missing or misspelled is refused with its name.
class QueryParametersIT extends LedgerUnderTest {
  @ParameterizedTest
  @CsvSource({
    "/v1/accounts?foo=bar, foo",
    "/v1/accounts?Limit=1, Limit",
    "/v1/accounts?limit=1&stat%65=OPEN, state",
    "/v1/accounts/ACCOUNT?asOf=2026-01-01T00:00:00Z, asOf",
    "/v1/accounts/ACCOUNT/balance?asof=2026-01-01T00:00:00Z, asof",
    "/v1/accounts/ACCOUNT/balance?asOf=2026-01-01T00:00:00Z&limit=1, limit",
    "/v1/operator/checks?mode=CONTINUOUS&x=1, x",
    "/v1/operator/trial-balance?mode=FULL, mode",
    "/v1/operator/held-transfers?status=HELD, status",
    "/v1/operator/parked-transfers?status=HELD, status",
    "/v1/transfers?accountId=ACCOUNT&nonsense=x, nonsense",
    "/v1/transfers/ACCOUNT?wait=1, wait",
  })
  void refusesUnknownParametersByName(String path, String name) {
    UUID account = account("alice", 0);

    Answer answer = get(path.replace("ACCOUNT", account.toString()), operator());

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.code()).isEqualTo("invalid-request");
    assertThat(answer.text()).contains(name + " is no parameter of this route.");
  }

  @Test
  void refusesUnknownParametersOfCommands() {
    UUID a = account("alice", 100);

    Answer answer = post("/v1/transfers?dryRun=true", alice(), UUID.randomUUID(), "{}");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text()).contains("dryRun is no parameter of this route.");
    assertThat(balanceMinor(a)).isEqualTo(100);
  }

  @Test
  void namesMissingParameters() {
    Answer answer = get("/v1/transfers", alice());

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text()).contains("accountId is missing.");
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/accounts?limit=0x1, limit",
    "/v1/accounts?limit=%231, limit",
    "/v1/accounts?limit=01, limit",
    "/v1/accounts?limit=%2B1, limit",
    "/v1/accounts?limit=%201, limit",
    "/v1/accounts?limit=1.0, limit",
    "/v1/accounts?limit=%D9%A1, limit",
    "/v1/accounts?limit=%EF%BC%91, limit",
    "/v1/accounts?limit=99999999999999999999, limit",
    "/v1/accounts?limit=3000000000, limit",
    "/v1/accounts?limit=1&limit=2, limit",
    "/v1/accounts?limit=, limit",
    "/v1/transfers?accountId=1-1-1-1-1, accountId",
    "/v1/transfers?accountId=x, accountId",
    "/v1/transfers?accountId=ACCOUNT&status=posted, status",
    "/v1/transfers?accountId=ACCOUNT&direction=debit, direction",
    "/v1/transfers?accountId=ACCOUNT&from=2026-01-01T24:00:00Z, from",
    "/v1/accounts?status=open, status",
    "/v1/accounts/ACCOUNT/entries?order=newest, order",
    "/v1/accounts/ACCOUNT/statement?from=2026-01-01T00:00:00Z&to=x, to",
    "/v1/transfers/ACCOUNT?waitMs=-0, waitMs",
    "/v1/transfers/ACCOUNT?waitMs=0x1, waitMs",
    "/v1/operator/checks?mode=full, mode",
    "/v1/accounts/ACCOUNT/balance?asOf=2026-01-01T24:00:00Z, asOf",
    "/v1/accounts/ACCOUNT/balance?asOf=2026-01-01T23:59:60Z, asOf",
    "/v1/accounts/ACCOUNT/balance?asOf=-0001-01-01T00:00:00Z, asOf",
    "/v1/accounts/ACCOUNT/balance?asOf=%2B10000-01-01T00:00:00Z, asOf",
    "/v1/accounts/ACCOUNT/balance?asOf=2026-02-30T00:00:00Z, asOf",
    "/v1/accounts/ACCOUNT/balance?asOf=2026-01-01T00:00Z, asOf",
  })
  void readsValuesToTheLetter(String path, String name) {
    UUID account = account("alice", 0);

    Answer answer = get(path.replace("ACCOUNT", account.toString()), operator());

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.code()).isEqualTo("invalid-request");
    assertThat(answer.text()).contains(name);
  }

  @Test
  void takesWhatIsDeclared() {
    UUID account = account("alice", 0);

    assertThat(get("/v1/accounts?limit=1", alice()).status()).isEqualTo(200);
    assertThat(get("/v1/accounts?%6cimit=1", alice()).status()).isEqualTo(200);
    assertThat(get("/v1/accounts?", alice()).status()).isEqualTo(200);
    assertThat(get("/v1/accounts?&limit=1&", alice()).status()).isEqualTo(200);
    assertThat(
            get("/v1/accounts/" + account + "/balance?asOf=2026-01-01T00:00:00.123Z", alice())
                .status())
        .isEqualTo(200);
    assertThat(
            get("/v1/accounts/" + account + "/balance?asOf=2026-01-01T01:00:00%2B01:00", alice())
                .status())
        .isEqualTo(200);
  }
}
