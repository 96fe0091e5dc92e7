package dev.payledger.gateway.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoutesTest {
  private static final String ID = "a11ce000-0000-7000-8000-000000000978";
  private final Routes routes = new Routes();

  @ParameterizedTest
  @CsvSource({
    "POST, /v1/transfers, transfers:write",
    "POST, /v1/transfers/ID/reversals, transfers:write",
    "POST, /v1/transfers/ID/capture, transfers:write",
    "POST, /v1/transfers/ID/void, transfers:write",
    "POST, /v1/transfer-batches, transfers:write",
    "POST, /v1/accounts/ID/reopen, transfers:write",
    "POST, /v1/accounts/ID/overdraft, transfers:write",
    "GET, /v1/transfers, accounts:read",
    "POST, /v1/transfers/dry-run, transfers:write",
    "POST, /v1/transfers/ID/reversals/dry-run, transfers:write",
    "POST, /v1/transfers/ID/capture/dry-run, transfers:write",
    "POST, /v1/transfers/ID/void/dry-run, transfers:write",
    "POST, /v1/transfer-batches/dry-run, transfers:write",
    "GET, /v1/transfers/ID, accounts:read",
    "GET, /v1/transfers/ID/timeline, accounts:read",
    "GET, /v1/transfers/ID/reversals, accounts:read",
    "POST, /v1/accounts, transfers:write",
    "GET, /v1/accounts, accounts:read",
    "GET, /v1/accounts/ID, accounts:read",
    "GET, /v1/accounts/ID/balance, accounts:read",
    "GET, /v1/accounts/ID/holds, accounts:read",
    "GET, /v1/accounts/ID/entries, accounts:read",
    "GET, /v1/accounts/ID/statement, accounts:read",
    "POST, /v1/operator/held-transfers/ID/review, ledger:operate",
    "GET, /v1/operator/parked-transfers, ledger:operate",
    "POST, /v1/operator/parked-transfers/ID/release, ledger:operate",
    "POST, /v1/accounts/ID/freeze, transfers:write",
    "POST, /v1/accounts/ID/unfreeze, transfers:write",
    "POST, /v1/accounts/ID/close, transfers:write",
    "GET, /v1/accounts/ID/changes, accounts:read",
    "GET, /v1/accounts/ID/feed, accounts:read",
    "GET, /v1/operator/checks, ledger:operate",
    "GET, /v1/operator/trial-balance, ledger:operate",
    "GET, /v1/idempotency-keys, accounts:read",
    "GET, /v1/openapi.yaml,",
    "POST, /oauth2/token,",
    "GET, /oauth2/jwks,",
  })
  void theTableServesWithTheScopeItNames(String method, String path, String scope) {
    assertThat(routes.match(method, path.replace("ID", ID)))
        .isInstanceOfSatisfying(
            Routes.Match.Found.class, found -> assertThat(found.route().scope()).isEqualTo(scope));
  }

  @Test
  void anotherMethodIsToldWhatIsAllowed() {
    assertThat(routes.match("DELETE", "/v1/transfers"))
        .isEqualTo(new Routes.Match.OtherMethod(Set.of("GET", "POST")));
    assertThat(routes.match("get", "/v1/transfers/" + ID))
        .isEqualTo(new Routes.Match.OtherMethod(Set.of("GET")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/v1",
        "/v1/transfers/",
        "/v1//transfers",
        "/v1/Transfers",
        "/v1/transfers;a=b",
        "/v1/transfers/x",
        "/v1/transfers/..",
        "/v1/transfers/%2e%2e/accounts",
        "/v1/%74ransfers",
        "/v1/transfers/a11ce000-0000-7000-8000-00000000097",
        "/v1/transfers/a11ce000-0000-7000-8000-000000000978/",
        "/v1/operator",
        "/v1/operator/",
        "/v1/operator/held",
        "/v1/openapiXyaml",
        "/v1/operator/../accounts",
        "/v1/operator/checks%0a",
        "/oauth2/introspect",
        "/oauth2/revoke",
        "/oauth2/authorize",
        "/error",
        "/actuator/env",
        "/.well-known/oauth-authorization-server",
      })
  void nothingElseIsServed(String path) {
    assertThat(routes.match("GET", path)).isInstanceOf(Routes.Match.Unknown.class);
    assertThat(routes.match("POST", path)).isInstanceOf(Routes.Match.Unknown.class);
  }
}
