package dev.payledger.system.attack;

import static dev.payledger.system.attack.Attack.get;
import static dev.payledger.system.attack.Attack.post;
import static dev.payledger.system.attack.Attack.request;

import dev.payledger.system.Stack;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Who are you, may you, and is it yours; other methods and other paths.
final class AttacksOnRights extends AttackFamily {
  AttacksOnRights(Victims of) {
    super(of);
  }

  @Override
  void collect() {
    withoutRight();
    onOthersThings();
    onRoutes();
  }

  private record Route(String method, String path, String scope) {
    /// As the description of the API writes it.
    String described() {
      return method + " " + path.replaceAll("\\?.*", "").replaceAll("/[0-9a-f-]{36}", "/{id}");
    }
  }

  private static final String WRITE = "transfers:write";

  private static final String READ = "accounts:read";

  private static final String OPERATE = "ledger:operate";

  private static final List<String> OTHER_METHODS =
      List.of("PUT", "DELETE", "PATCH", "OPTIONS", "HEAD");

  /// Every route that asks for a scope, as the description of the API writes them.
  Set<String> described() {
    return routes().stream().map(Route::described).collect(Collectors.toSet());
  }

  private List<Route> routes() {
    String account = "/v1/accounts/" + of.payer();
    String transfer = "/v1/transfers/" + of.posted();
    return List.of(
        new Route("POST", "/v1/transfers", WRITE),
        new Route("GET", "/v1/transfers?accountId=" + of.payer(), READ),
        new Route("GET", transfer, READ),
        new Route("GET", transfer + "/timeline", READ),
        new Route("GET", transfer + "/reversals", READ),
        new Route("POST", "/v1/transfers/dry-run", WRITE),
        new Route("POST", transfer + "/reversals/dry-run", WRITE),
        new Route("POST", transfer + "/capture/dry-run", WRITE),
        new Route("POST", transfer + "/void/dry-run", WRITE),
        new Route("POST", "/v1/transfer-batches/dry-run", WRITE),
        new Route("POST", transfer + "/reversals", WRITE),
        new Route("POST", transfer + "/capture", WRITE),
        new Route("POST", transfer + "/void", WRITE),
        new Route("POST", "/v1/transfer-batches", WRITE),
        new Route("POST", "/v1/accounts", WRITE),
        new Route("GET", "/v1/accounts", READ),
        new Route("GET", account, READ),
        new Route("GET", account + "/balance", READ),
        new Route("GET", account + "/holds", READ),
        new Route("GET", account + "/entries", READ),
        new Route("GET", account + "/statement", READ),
        new Route("GET", account + "/changes", READ),
        new Route("GET", account + "/feed", READ),
        new Route("POST", account + "/freeze", WRITE),
        new Route("POST", account + "/unfreeze", WRITE),
        new Route("POST", account + "/close", WRITE),
        new Route("POST", account + "/reopen", WRITE),
        new Route("POST", account + "/overdraft", WRITE),
        new Route("GET", "/v1/idempotency-keys?key=x&operation=create-transfer", READ),
        new Route("GET", "/v1/operator/checks", OPERATE),
        new Route("GET", "/v1/operator/trial-balance", OPERATE),
        new Route("GET", "/v1/operator/held-transfers", OPERATE),
        new Route("POST", "/v1/operator/held-transfers/" + of.posted() + "/review", OPERATE),
        new Route("GET", "/v1/operator/parked-transfers", OPERATE),
        new Route("POST", "/v1/operator/parked-transfers/" + of.posted() + "/release", OPERATE));
  }

  // 1 to 6, 11: who are you, and may you.
  private void withoutRight() {
    for (Route route : routes()) {
      String at = ": " + route.method + " " + route.path.replaceAll("\\?.*", "");
      all.add(request(route.method, route.path).mustGet("1 no token" + at, 401, "unauthenticated"));
      of.forged()
          .forEach(
              (name, token) ->
                  all.add(
                      request(route.method, route.path)
                          .as(token)
                          .mustGet(name + at, 401, "unauthenticated")));
      String other =
          switch (route.scope) {
            case WRITE -> of.aliceReads();
            case READ -> of.aliceWrites();
            default -> of.alice();
          };
      all.add(
          request(route.method, route.path)
              .as(other)
              .mustGet("5 a token without " + route.scope + at, 403, "forbidden"));
    }
    all.add(
        get("/v1/accounts?access_token=" + of.alice())
            .mustGet("4 token in the query", 400, "invalid-request"));
    all.add(
        post("/v1/transfers")
            .key()
            .header("Content-Type: application/x-www-form-urlencoded")
            .body(("access_token=" + of.alice()).getBytes(StandardCharsets.US_ASCII))
            .mustGet("4 token in the body", 415, "unsupported-media-type"));
    all.add(
        get("/v1/accounts")
            .header("Cookie: access_token=" + of.alice())
            .mustGet("4 token in a cookie", 401, "unauthenticated"));
    all.add(
        get("/v1/accounts")
            .header("Authorization: Bearer")
            .mustGet("3 the word and no token", 401, "unauthenticated"));
    all.add(
        get("/v1/accounts")
            .header("Authorization: Basic " + base64Padded("alice:alice-demo"))
            .mustGet("3 secret instead of a token", 401, "unauthenticated"));
    all.add(
        get("/v1/accounts")
            .as(of.alice())
            .as(of.operator())
            .mustGet("3 two tokens", 400, "invalid-request"));
  }

  // 9, 10, 24, 27: what belongs to others. A 404, as for what is not there.
  private void onOthersThings() {
    for (String id : List.of(of.payer(), NOBODY)) {
      String what = id.equals(NOBODY) ? "that nobody has" : "of somebody else";
      for (String part : List.of("", "/balance", "/holds", "/entries", "/changes")) {
        all.add(
            get("/v1/accounts/" + id + part)
                .as(of.bob())
                .mustGet("9 account " + what + part, 404, "not-found"));
      }
      all.add(
          get("/v1/transfers?accountId=" + id)
              .as(of.bob())
              .mustGet("9 transfers of an account " + what, 404, "not-found"));
      for (String part : List.of("/freeze", "/unfreeze", "/close", "/reopen")) {
        all.add(
            post("/v1/accounts/" + id + part)
                .as(of.bob())
                .mustGet("9 account " + what + part, 404, "not-found"));
      }
      all.add(
          post("/v1/transfers")
              .as(of.bob())
              .key()
              .json(transfer(id, of.stranger(), "1"))
              .mustGet("10 debit an account " + what, 404, "not-found"));
      all.add(
          post("/v1/transfers")
              .as(of.bob())
              .key()
              .json(
                  "{\"currency\":\"EUR\",\"legs\":[%s,%s]}"
                      .formatted(leg(of.stranger(), of.savings()), leg(id, of.stranger())))
              .mustGet("10 debit an account in a second leg " + what, 404, "not-found"));
    }
    for (String id : List.of(of.posted(), of.held(), NOBODY)) {
      for (String part : List.of("", "/timeline", "/reversals")) {
        all.add(
            get("/v1/transfers/" + id + part)
                .as(of.bob())
                .mustGet("9 transfer " + id + part, 404, "not-found"));
      }
      for (String part : List.of("/reversals", "/capture", "/void")) {
        all.add(
            post("/v1/transfers/" + id + part)
                .as(of.bob())
                .key()
                .json("{}")
                .mustGet("10 transfer " + id + part, 404, "not-found"));
      }
    }
    all.add(
        post("/v1/transfer-batches")
            .as(of.bob())
            .key()
            .json("{\"items\":[%s]}".formatted(transfer(of.payer(), of.stranger(), "1")))
            .mustGet(
                "10 debit an account of somebody else in a batch, whose item says so", 200, null));
    all.add(
        post("/v1/transfers/" + of.paid() + "/reversals")
            .as(of.alice())
            .key()
            .json("{}")
            .mustGet("26 take a payment back from whom it was paid to", 403, "forbidden"));
    all.add(
        post("/v1/transfers/" + of.paid() + "/reversals")
            .as(of.bob())
            .key()
            .json("{\"amountMinor\":51}")
            .mustGet("26 give back more than was paid", 422, "reversal-limit"));
    all.add(
        post("/v1/transfers")
            .as(of.alice())
            .key()
            .json(transfer(Stack.EXTERNAL_EUR, of.payer(), "1000000"))
            .mustGet("27 money from nowhere", 404, "not-found"));
    all.add(
        post("/v1/transfers")
            .as(of.alice())
            .key()
            .json(transfer(of.payer(), Stack.EXTERNAL_EUR, "1"))
            .mustGet("27 money to nowhere", 422, "account-unusable"));
    all.add(
        post("/v1/transfers")
            .as(of.alice())
            .key()
            .json(transfer(of.payer(), NOBODY, "1"))
            .mustGet("24 to an account that nobody has", 422, "account-unusable"));
    all.add(
        post("/v1/transfers")
            .as(of.alice())
            .key()
            .json(transfer(of.payer(), of.payer(), "1"))
            .mustGet("23 to itself", 422, "self-transfer"));
    all.add(
        post("/v1/transfers")
            .as(of.alice())
            .key()
            .json(transfer(of.payer(), of.savings(), "9007199254740991"))
            .mustGet("25 more than there is", 422, "insufficient-funds"));
    for (String currency : List.of("USD", "DEM", "ZZZ")) {
      all.add(
          post("/v1/transfers")
              .as(of.alice())
              .key()
              .json(transfer(of.payer(), of.savings(), "1").replace("EUR", currency))
              .mustGet("22 in " + currency, 422, "currency-mismatch"));
      if (!currency.equals("USD")) {
        all.add(
            post("/v1/accounts")
                .as(of.alice())
                .json("{\"name\":\"x\",\"currency\":\"%s\"}".formatted(currency))
                .mustGet("22 an account in " + currency, 400, "invalid-request"));
      }
    }
    all.add(
        post("/v1/accounts")
            .as(of.alice())
            .json("{\"name\":\"x\",\"currency\":\"EUR\",\"owner\":\"bob\"}")
            .mustGet("12 an account for somebody else", 403, "forbidden"));
    all.add(
        post("/v1/accounts")
            .as(of.operator())
            .json("{\"name\":\"x\",\"currency\":\"EUR\",\"owner\":\"system\"}")
            .mustGet("12 an account for the ledger itself", 403, "forbidden"));
    all.add(
        post("/v1/accounts/" + of.payer() + "/overdraft")
            .as(of.alice())
            .key()
            .json("{\"limitMinor\":1000000}")
            .mustGet("11 credit for oneself", 403, "forbidden"));
    all.add(
        post("/v1/transfers/" + of.posted() + "/reversals")
            .as(of.alice())
            .key()
            .json("{\"amountMinor\":9007199254740991}")
            .mustGet("26 reverse more than was paid", 422, "reversal-limit"));
    all.add(
        post("/v1/transfers/" + of.held() + "/capture")
            .as(of.alice())
            .key()
            .json("{\"amountMinor\":9007199254740991}")
            .mustGet("26 capture more than is held", 422, "capture-limit"));
  }

  // 7, 13, 38, 67, 71: other methods, other paths.
  private void onRoutes() {
    for (Route route : routes()) {
      String path = route.path.replaceAll("\\?.*", "");
      for (String method : OTHER_METHODS) {
        all.add(
            request(method, path)
                .as(of.operator())
                .mustGet(
                    "38 " + method + " " + path,
                    405,
                    method.equals("HEAD") ? null : "method-not-allowed"));
      }
    }
    for (String route :
        List.of(
            "GET /oauth2/token",
            "PUT /oauth2/token",
            "POST /oauth2/jwks",
            "DELETE /oauth2/jwks",
            "POST /v1/openapi.yaml",
            "OPTIONS /v1/openapi.yaml")) {
      all.add(
          request(route.split(" ")[0], route.split(" ")[1])
              .as(of.operator())
              .mustGet("38 " + route, 405, "method-not-allowed"));
    }
    all.add(
        request("OPTIONS", "/v1/transfers")
            .header("Origin: https://evil.test")
            .header("Access-Control-Request-Method: POST")
            .header("Access-Control-Request-Headers: authorization")
            .mustGet("70 a page of another site asks whether it may", 405, "method-not-allowed"));
    for (String path :
        List.of(
            "/",
            "/v1",
            "/v1/",
            "/v2/accounts",
            "/V1/accounts",
            "/v1/Accounts",
            "/v1/accounts/",
            "//v1/accounts",
            "/v1//accounts",
            "/v1/./accounts",
            "/v1/accounts/x",
            "/v1/accounts/" + of.payer() + "/",
            "/v1/accounts/" + of.payer() + "x",
            "/v1/accounts/" + of.payer() + "/balance.json",
            "/v1/accounts.json",
            "/v1/operator",
            "/v1/internal",
            "/actuator",
            "/actuator/health",
            "/actuator/env",
            "/actuator/heapdump",
            "/actuator/prometheus",
            "/error",
            "/h2-console",
            "/swagger-ui.html",
            "/v3/api-docs",
            "/jolokia",
            "/.env",
            "/.git/config",
            "/favicon.ico",
            "/oauth2",
            "/oauth2/authorize",
            "/oauth2/introspect",
            "/.well-known/openid-configuration",
            "/login")) {
      all.add(get(path).as(of.operator()).mustGet("13 path " + path, 404, "not-found"));
    }
    for (String path :
        List.of(
            "/v1/accounts;a=b",
            "/v1/accounts/%2e%2e/accounts",
            "/v1/%61ccounts",
            "/v1/accounts%0d%0aX:y",
            "/v1/accounts/%7bid%7d",
            "/v1/accounts.",
            "/v1/accounts%20",
            "/v1/accounts%09",
            "/v1/accounts%3f",
            "/v1/accounts%23",
            "/v1/accounts/%2e",
            "/v1/accounts/*",
            "/v1/accounts/" + of.payer() + ";x",
            "/v1/accounts/" + of.payer() + ".",
            "/v1/accounts/" + of.payer() + "%20")) {
      all.add(get(path).as(of.operator()).mustGet("13 path " + path, 404, "not-found"));
    }
    for (String path :
        List.of(
            "/v1/../v1/accounts",
            "/v1/accounts/../operator/checks",
            "/v1/accounts/..;/operator/checks",
            "/v1/accounts/%2e%2e/operator/checks",
            "/v1/accounts/%252e%252e/operator/checks",
            "/v1/operator;/checks",
            "/v1/operator;x=y/checks",
            "/v1/operator/checks;x=y",
            "/v1/operator/checks/",
            "/v1/operator/checks.",
            "/v1/operator/checks.json",
            "/v1/operator/checks%20",
            "/v1/operator/./checks",
            "/v1/operator//checks",
            "/v1/OPERATOR/checks",
            "/v1/operator/Checks",
            "/v1/operator/%63hecks",
            "/v1/%6fperator/checks",
            "/%76%31/operator/checks",
            "//v1/operator/checks",
            "/;/v1/operator/checks",
            "/./v1/operator/checks")) {
      all.add(get(path).as(of.alice()).mustGet("13 path " + path, 404, "not-found"));
    }
    for (String query : List.of("?_method=DELETE", "?access_token=x", "?x=y&x=z")) {
      all.add(
          get("/v1/accounts/" + of.payer() + query)
              .as(of.alice())
              .mustGet("13 query " + query + " is refused", 400, "invalid-request"));
    }
    for (String header :
        List.of(
            "X-HTTP-Method-Override: DELETE",
            "X-Original-URL: /v1/operator/checks",
            "X-Rewrite-URL: /v1/operator/checks",
            "X-Forwarded-For: 127.0.0.1",
            "X-Forwarded-Host: evil.test",
            "Forwarded: for=127.0.0.1;host=evil.test",
            "X-User: operator",
            "X-Tenant: other",
            "X-HTTP-Method: DELETE",
            "X-Method-Override: DELETE",
            "X-Forwarded-Proto: https",
            "X-Forwarded-Prefix: /v1/operator",
            "X-Real-IP: 127.0.0.1",
            "Command-Id: " + NOBODY,
            "Cookie: JSESSIONID=1",
            "Origin: https://evil.test",
            "Accept: application/xml",
            "Accept: text/html;q=0.9, */*;q=0",
            "Accept: nonsense",
            "Accept-Encoding: br, gzip;q=0",
            "If-None-Match: *",
            "If-Modified-Since: Thu, 01 Jan 2099 00:00:00 GMT",
            "Range: bytes=0-1",
            "Upgrade: h2c",
            "traceparent: 00-zz",
            "Idempotency-Key: used\", \"for a read",
            "Content-Type: nonsense")) {
      all.add(
          get("/v1/accounts/" + of.payer())
              .as(of.alice())
              .header(header)
              .mustGet("39 " + header + " changes nothing", 200, null));
      all.add(
          get("/v1/operator/checks")
              .as(of.alice())
              .header(header)
              .mustGet("39 " + header + " opens nothing", 403, "forbidden"));
    }
  }
}
