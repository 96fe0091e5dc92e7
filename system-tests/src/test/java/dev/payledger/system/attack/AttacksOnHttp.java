package dev.payledger.system.attack;

import static dev.payledger.system.attack.Attack.get;
import static dev.payledger.system.attack.Attack.post;
import static dev.payledger.system.attack.Attack.raw;
import static dev.payledger.system.attack.Attack.request;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// HTTP that two parsers read differently, idempotency keys, queries, and the token endpoint.
final class AttacksOnHttp extends AttackFamily {
  AttacksOnHttp(Victims of) {
    super(of);
  }

  @Override
  void collect() {
    onHttp();
    onKeys();
    onQueries();
    onTheTokenEndpoint();
  }

  // 35 to 39: HTTP that two parsers read differently.
  private void onHttp() {
    Map<String, String> heads = new LinkedHashMap<>();
    heads.put(
        "35 length and chunks",
        head(
                "POST /v1/transfers",
                "Content-Type: application/json",
                "Idempotency-Key: smuggled",
                "Content-Length: 4",
                "Transfer-Encoding: chunked")
            + "0\r\n\r\nGET /v1/operator/checks HTTP/1.1\r\nHost: x\r\n\r\n");
    heads.put(
        "35 two lengths",
        head("POST /v1/transfers", "Content-Length: 0", "Content-Length: 5") + "hello");
    heads.put("35 a length list", head("POST /v1/transfers", "Content-Length: 5, 6") + "hello");
    heads.put("35 a negative length", head("POST /v1/transfers", "Content-Length: -1"));
    heads.put(
        "35 a length with a sign", head("POST /v1/transfers", "Content-Length: +5") + "hello");
    heads.put("35 a length in hex", head("POST /v1/transfers", "Content-Length: 0x5") + "hello");
    heads.put(
        "35 chunked twice",
        head("POST /v1/transfers", "Transfer-Encoding: chunked, chunked") + "0\r\n\r\n");
    heads.put("35 a blank before the colon", head("GET /v1/accounts", "X-Y : z"));
    heads.put("35 a header without a colon", head("GET /v1/accounts", "X-Y"));
    heads.put("35 a header without a name", head("GET /v1/accounts", ": z"));
    heads.put("37 NUL in a header", head("GET /v1/accounts", "X-Y: a\u0000b"));
    heads.put("37 carriage return in a header", head("GET /v1/accounts", "X-Y: a\rb"));
    heads.put(
        "39 two hosts",
        "GET /v1/accounts HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n");
    heads.put("39 no host", "GET /v1/accounts HTTP/1.1\r\nConnection: close\r\n\r\n");
    heads.put(
        "39 a host with a path",
        "GET /v1/accounts HTTP/1.1\r\nHost: a/b\r\nConnection: close\r\n\r\n");
    heads.put("38 a method of symbols", head("G<T /v1/accounts"));
    heads.put("13 raw braces in the path", head("GET /v1/{accounts}"));
    heads.put("13 an escaped slash in the path", head("GET /v1/accounts/..%2faccounts"));
    heads.put("13 an escaped NUL in the path", head("GET /v1/accounts%00"));
    heads.put("13 a raw blank in the path", head("GET /v1/ac counts"));
    heads.put("13 a backslash in the path", head("GET /v1\\accounts"));
    heads.put("37 a broken escape in the query", head("GET /v1/accounts?cursor=%zz"));
    heads.put("31 a query of 3,000", head("GET /v1/accounts?cursor=" + "x".repeat(3_000)));
    heads.put("36 a header of 9 KB", head("GET /v1/accounts", "X-Y: " + "x".repeat(9_000)));
    heads.put(
        "36 200 headers",
        head("GET /v1/accounts", Collections.nCopies(200, "X-Y: z").toArray(String[]::new)));
    String post =
        head(
            "POST /v1/transfers",
            "Content-Type: application/json",
            "Idempotency-Key: chunks",
            "Transfer-Encoding: chunked");
    heads.put("35 a chunk size that is none", post + "g\r\n{}\r\n0\r\n\r\n");
    heads.put("35 a negative chunk size", post + "-2\r\n{}\r\n0\r\n\r\n");
    heads.put("35 a chunk size of 2^68", post + "f".repeat(17) + "\r\n{}\r\n0\r\n\r\n");
    heads.put("35 a chunk longer than it says", post + "2\r\n{}x\r\n0\r\n\r\n");
    heads.put(
        "35 a chunk with an endless extension",
        post + "2;" + "x".repeat(9_000) + "\r\n{}\r\n0\r\n\r\n");
    heads.put(
        "35 a body longer than it says",
        head(
                "POST /v1/transfers",
                "Content-Type: application/json",
                "Idempotency-Key: lengths",
                "Content-Length: 1")
            + transfer(of.payer(), of.savings(), "1"));
    heads.put("36 a path of 9 KB", head("GET /v1/" + "x".repeat(9_000)));
    heads.put("36 a name of 9 KB", head("GET /v1/accounts", "X".repeat(9_000) + ": y"));
    heads.put("37 raw NUL in the path", head("GET /v1/accounts\u0000"));
    heads.put("37 raw bytes above ASCII in the path", head("GET /v1/accounts\u00e9"));
    heads.put("37 a blank in a header's name", head("GET /v1/accounts", "X Y: z"));
    heads.put("39 an address of another host", head("GET http://evil.test/v1/accounts"));
    heads.put("13 an escaped backslash in the path", head("GET /v1%5caccounts"));
    heads.put("13 a slash in too many bytes", head("GET /v1%c0%afaccounts"));
    heads.put("13 dots in too many bytes", head("GET /v1/accounts/%c0%ae%c0%ae/accounts"));
    heads.put("13 a broken escape in the path", head("GET /v1/%zz"));
    heads.put("13 a fragment in the path", head("GET /v1/accounts#x"));
    heads.forEach((name, text) -> all.add(raw(name, text, 400, "invalid-request")));
    all.add(
        raw(
            "39 an address with host in the request line opens nothing",
            head("GET http://gateway/v1/operator/checks"),
            403,
            "forbidden"));
    all.add(
        raw(
            "39 another host's name changes nothing",
            head("GET /v1/accounts").replace("Host: gateway", "Host: evil.test"),
            200,
            null));
    all.add(
        raw(
            "35 a folded key, which becomes a blank",
            head(
                "POST /v1/transfers", "Content-Type: application/json", "Idempotency-Key: a\r\n b"),
            400,
            "idempotency-key-malformed"));
    all.add(
        raw(
            "35 another coding",
            head("POST /v1/transfers", "Transfer-Encoding: gzip"),
            501,
            "invalid-request"));
    all.add(
        raw("38 HTTP/9.9", "GET /v1/accounts HTTP/9.9\r\nHost: a\r\n\r\n", 505, "invalid-request"));
    for (String method : List.of("TRACE", "PROPFIND", "get", "BREW")) {
      all.add(
          request(method, "/v1/accounts")
              .as(of.operator())
              .mustGet("38 " + method, 405, "method-not-allowed"));
    }
    all.add(
        request("CONNECT", "/v1/accounts")
            .as(of.operator())
            .mustGet("38 CONNECT", 501, "invalid-request"));
    for (String value : List.of("0", "-1", "1.5", "1e3", "x", "", "1,2", "1234567890")) {
      all.add(
          get("/v1/accounts")
              .as(of.alice())
              .header("Request-Timeout-Ms: " + value)
              .mustGet("40 Request-Timeout-Ms: " + value, 400, "invalid-request"));
    }
    all.add(
        get("/v1/accounts")
            .as(of.alice())
            .header("Request-Timeout-Ms: 1000")
            .header("Request-Timeout-Ms: 1000")
            .mustGet("40 Request-Timeout-Ms twice", 400, "invalid-request"));
  }

  // 50 to 59: idempotency keys.
  private void onKeys() {
    onAUsedKey();
    String right = transfer(of.payer(), of.savings(), "1");
    String transfer = "/v1/transfers/" + of.posted();
    for (String path :
        List.of(
            "/v1/transfers",
            "/v1/transfer-batches",
            transfer + "/reversals",
            transfer + "/capture",
            transfer + "/void")) {
      all.add(
          post(path)
              .as(of.alice())
              .json("{}")
              .mustGet("50 no key to " + path, 400, "idempotency-key-missing"));
    }
    for (String header :
        List.of(
            "Idempotency-Key:",
            "Idempotency-Key: \"\"",
            "Idempotency-Key: " + "k".repeat(256),
            "Idempotency-Key: \"" + "k".repeat(256) + "\"",
            "Idempotency-Key: a, b",
            "Idempotency-Key: a;b=c",
            "Idempotency-Key: a b",
            "Idempotency-Key: \"open",
            "Idempotency-Key: open\"",
            "Idempotency-Key: \"a\\b\"",
            "Idempotency-Key: \"a\";p=1",
            "Idempotency-Key: \u00e9",
            "Idempotency-Key: a\tb",
            "Idempotency-Key: 'a', \"b\"",
            "X-Idempotency-Key: a",
            "IdempotencyKey: a",
            "Idempotency_Key: a")) {
      all.add(
          post("/v1/transfers")
              .as(of.alice())
              .header(header)
              .json(right)
              .mustGet(
                  "51 " + (header.length() > 60 ? header.substring(0, 30) + "…" : header),
                  400,
                  "idempotency-key-malformed"));
    }
    all.add(
        post("/v1/transfers")
            .as(of.alice())
            .key()
            .key()
            .json(right)
            .mustGet("51 two keys", 400, "idempotency-key-malformed"));
    all.add(
        post("/v1/transfers")
            .as(of.alice())
            .key()
            .header("X-Idempotency-Key: other")
            .json(right)
            .mustGet("51 a key and a look-alike", 400, "idempotency-key-malformed"));
    all.add(
        post("/v1/accounts")
            .as(of.alice())
            .header("Idempotency-Key: \"")
            .json("{\"name\":\"x\",\"currency\":\"EUR\"}")
            .mustGet("51 where it may be left out", 400, "idempotency-key-malformed"));
  }

  private void onAUsedKey() {
    String used = transfer(of.payer(), of.savings(), "100");
    Map<String, String> others = new LinkedHashMap<>();
    others.put("another amount", used.replace(":100,", ":101,"));
    others.put("another payee", transfer(of.payer(), of.stranger(), "100"));
    others.put("the accounts swapped", transfer(of.savings(), of.payer(), "100"));
    others.put("another currency", used.replace("EUR", "USD"));
    others.put("a reference", used.replace("}", ",\"reference\":\"\"}"));
    others.put("metadata", used.replace("}", ",\"metadata\":{}}"));
    others.put("a capture by request", used.replace("}", ",\"capture\":\"MANUAL\"}"));
    others.put(
        "one leg",
        "{\"currency\":\"EUR\",\"legs\":[%s]}"
            .formatted(leg(of.payer(), of.savings()).replace(":1}", ":100}")));
    others.forEach(
        (what, body) ->
            all.add(
                withUsedKey(of.alice())
                    .json(body)
                    .mustGet("52 a used key with " + what, 422, "idempotency-key-reused")));
    all.add(
        withUsedKey(of.alice())
            .json(" " + used.replace(",", " ,\n\t"))
            .mustGet("52 a used key with the same in other blanks is replayed", 201, null));
    all.add(
        withUsedKey(of.bob()).json(used).mustGet("54 somebody else's used key", 404, "not-found"));
    all.add(
        withUsedKey(of.aliceReads())
            .json(used)
            .mustGet("59 one's own used key without the right to pay", 403, "forbidden"));
    of.forged()
        .forEach(
            (what, token) ->
                all.add(
                    withUsedKey(token)
                        .json(used)
                        .mustGet("58 a used key and a token: " + what, 401, "unauthenticated")));
    all.add(
        request("DELETE", "/v1/transfers/" + of.posted())
            .as(of.alice())
            .header("Idempotency-Key: " + of.usedKey())
            .mustGet("57 a used key to a method that is none", 405, "method-not-allowed"));
  }

  private Attack.Request withUsedKey(String token) {
    return post("/v1/transfers").as(token).header("Idempotency-Key: " + of.usedKey());
  }

  // 40, 44, 45, 63: what comes in queries and paths.
  private void onQueries() {
    String account = "/v1/accounts/" + of.payer();
    List<String> lists =
        List.of(
            "/v1/accounts?",
            account + "/entries?",
            account + "/feed?",
            "/v1/transfers?accountId=" + of.payer() + "&",
            account + "/holds?",
            account + "/statement?from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z&");
    for (String list : lists) {
      for (String limit :
          List.of(
              "0", "-1", "201", "1000000000", "99999999999999999999", "x", "1.5", "1e1", "%00")) {
        all.add(
            get(list + "limit=" + limit)
                .as(of.alice())
                .mustGet("63 %slimit=%s".formatted(list, limit), 400, "invalid-request"));
      }
      for (String cursor :
          List.of(
              "x", "AAAA", "eyJhIjoxfQ", "' OR 1=1--".replace(" ", "%20"), "..", "%00", "null")) {
        all.add(
            get(list + "cursor=" + cursor)
                .as(of.alice())
                .mustGet("45 %scursor=%s".formatted(list, cursor), 400, "invalid-request"));
      }
    }
    for (String list : lists.subList(1, lists.size())) {
      all.add(
          get(list + "cursor=" + of.cursor())
              .as(of.alice())
              .mustGet("45 %sanother list's cursor".formatted(list), 400, "invalid-request"));
    }
    for (String filter : List.of("currency=EUR", "status=OPEN", "owner=alice")) {
      all.add(
          get("/v1/accounts?" + filter + "&cursor=" + of.cursor())
              .as(of.alice())
              .mustGet("45 another filter's cursor: " + filter, 400, "invalid-request"));
    }
    all.add(
        get("/v1/accounts?cursor=" + of.cursor())
            .as(of.bob())
            .mustGet("45 somebody else's cursor", 400, "invalid-request"));
    all.add(
        get("/v1/accounts/" + of.savings() + "/feed?cursor=" + of.feedCursor())
            .as(of.alice())
            .mustGet("45 another feed's cursor", 400, "invalid-request"));
    Map<String, String> cursors =
        Map.of("/v1/accounts?", of.cursor(), lists.get(2), of.feedCursor());
    cursors.forEach(
        (list, cursor) -> {
          for (int at = 0; at < cursor.length(); at += 5) {
            char other = cursor.charAt(at) == 'A' ? 'B' : 'A';
            all.add(
                get(list + "cursor=" + cursor.substring(0, at) + other + cursor.substring(at + 1))
                    .as(of.alice())
                    .mustGet(
                        "45 %sa cursor changed at %d".formatted(list, at), 400, "invalid-request"));
          }
        });
    for (String asOf :
        List.of(
            "x",
            "2026-13-01T00:00:00Z",
            "2026-01-01",
            "0",
            "now()",
            "99999-01-01T00:00:00Z",
            "%27")) {
      all.add(
          get(account + "/balance?asOf=" + asOf)
              .as(of.alice())
              .mustGet("40 asOf=" + asOf, 400, "invalid-request"));
    }
    for (String wait : List.of("-1", "30001", "x", "1.5", "99999999999999999999")) {
      all.add(
          get("/v1/transfers/" + of.posted() + "?waitMs=" + wait)
              .as(of.alice())
              .mustGet("63 waitMs=" + wait, 400, "invalid-request"));
    }
    for (String query :
        List.of(
            "",
            "?accountId=",
            "?accountId=x",
            "?accountId=1%20OR%201=1",
            "?accountid=" + of.payer())) {
      all.add(
          get("/v1/transfers" + query)
              .as(of.alice())
              .mustGet("44 /v1/transfers" + query, 400, "invalid-request"));
    }
    for (String query :
        List.of(
            "",
            "?key=x",
            "?operation=create-transfer",
            "?key=&operation=create-transfer",
            "?key=x&operation=x",
            "?key=x&operation=CREATE-TRANSFER",
            "?key=" + "k".repeat(256) + "&operation=create-transfer")) {
      all.add(
          get("/v1/idempotency-keys" + query)
              .as(of.alice())
              .mustGet(
                  "55 " + (query.length() > 80 ? "a key of 256" : query), 400, "invalid-request"));
    }
    for (String mode : List.of("x", "full")) {
      all.add(
          get("/v1/operator/checks?mode=" + mode)
              .as(of.operator())
              .mustGet("40 mode=" + mode, 400, "invalid-request"));
    }
    String id = UUID.fromString(of.payer()).toString();
    for (String path : List.of("/v1/accounts/", "/v1/transfers/")) {
      for (String wrong :
          List.of(
              "1",
              "null",
              "me",
              id.replace("-", ""),
              id + "0",
              "%27%20OR%201=1--",
              "%24%7bjndi:x%7d",
              "0",
              "*")) {
        all.add(get(path + wrong).as(of.alice()).mustGet("44 " + path + wrong, 404, "not-found"));
      }
    }
  }

  // 8, 59: the token endpoint has OAuth's own answers.
  private void onTheTokenEndpoint() {
    String alice = "Authorization: Basic " + base64Padded("alice:alice-demo");
    token(
        "8 a wrong secret",
        "Basic " + base64Padded("alice:wrong"),
        "grant_type=client_credentials",
        401);
    token(
        "8 nobody",
        "Basic " + base64Padded("mallory:mallory-demo"),
        "grant_type=client_credentials",
        401);
    token(
        "8 the operator's secret from the repository",
        "Basic " + base64Padded("operator:operator-demo"),
        "grant_type=client_credentials",
        401);
    token("8 no colon", "Basic " + base64Padded("alice"), "grant_type=client_credentials", 400);
    token("8 not base64", "Basic %%%", "grant_type=client_credentials", 400);
    for (String form :
        List.of(
            "grant_type=password&username=alice&password=alice-demo",
            "grant_type=refresh_token",
            "grant_type=authorization_code&code=x",
            "grant_type=x",
            "",
            "grant_type=client_credentials&scope=ledger%3Aoperate",
            "grant_type=client_credentials&scope=x",
            "grant_type=client_credentials&grant_type=client_credentials")) {
      all.add(
          post("/oauth2/token")
              .header(alice)
              .header("Content-Type: application/x-www-form-urlencoded")
              .body(form.getBytes(StandardCharsets.UTF_8))
              .mustGet("8 " + form, 400, null));
    }
  }

  private void token(String name, String authorization, String form, int status) {
    all.add(
        post("/oauth2/token")
            .header("Authorization: " + authorization)
            .header("Content-Type: application/x-www-form-urlencoded")
            .body(form.getBytes(StandardCharsets.UTF_8))
            .mustGet(name, status, null));
  }
}
