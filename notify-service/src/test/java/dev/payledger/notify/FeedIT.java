package dev.payledger.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.payledger.testkit.Postgres;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// The feed as its readers see it.
class FeedIT extends HearingServer {
  @Test
  void postedEntryIsInItsOwnersFeed() {
    UUID account = ledger.opened("alice");
    Instant postedAt = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    long started = System.nanoTime();
    ledger.send(
        LedgerEvents.entry(account, UUID.randomUUID(), LedgerEvents.json(account, 1, postedAt)));

    await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> sequences(account, "alice").equals(List.of(1L)));
    System.out.println("said to shown: " + (System.nanoTime() - started) / 1_000_000 + " ms");

    HttpResponse<String> answer = feed(account, ISSUER.token("alice"));
    assertThat(withoutResume(answer))
        .isEqualTo(
            """
            {"known":true,"items":[{"sequence":1,"entryId":"00000000-0000-7000-0000-000000000001",\
            "transferId":"00000000-0000-8000-0000-000000000001","side":"CREDIT",\
            "amountMinor":1001,"currency":"EUR","balanceMinor":5001,"postedAt":"%s"}]}"""
                .formatted(
                    DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSX")
                        .withZone(ZoneOffset.UTC)
                        .format(postedAt)));
  }

  @Test
  void itemIsShownOnlyBehindAllBeforeIt() {
    UUID account = ledger.opened("alice");
    ledger.posted(account, 1);
    ledger.posted(account, 2);
    ledger.posted(account, 4);
    ledger.posted(account, 5);
    awaitAllHeard();
    assertThat(count("feed_item WHERE account_id = '" + account + "'")).isEqualTo(4);
    assertThat(sequences(account, "alice")).containsExactly(1L, 2L);
    assertThat(json(feed(account, ISSUER.token("alice"))).has("next")).isFalse();

    ledger.posted(account, 3);

    await()
        .atMost(SOON)
        .until(() -> sequences(account, "alice").equals(List.of(1L, 2L, 3L, 4L, 5L)));
  }

  @Test
  void accountWithoutEntriesHasAnEmptyFeed() {
    UUID account = ledger.opened("alice");

    await()
        .atMost(SOON)
        .until(() -> feed(account, ISSUER.token("alice")).body().contains("\"known\":true"));

    assertThat(withoutResume(feed(account, ISSUER.token("alice"))))
        .isEqualTo("{\"known\":true,\"items\":[]}");
  }

  @Test
  void unknownAccountHasAnEmptyFeed() {
    UUID account = UUID.randomUUID();
    HttpResponse<String> before = feed(account, ISSUER.token("alice"));
    assertThat(before.statusCode()).isEqualTo(200);
    assertThat(withoutResume(before)).isEqualTo("{\"known\":false,\"items\":[]}");

    ledger.send(LedgerEvents.opened(account, "alice", UUID.randomUUID()));
    ledger.posted(account, 1);

    await().atMost(SOON).until(() -> sequences(account, "alice").equals(List.of(1L)));
    String resume = json(before).get("resume").asString();
    assertThat(sequences(after(account, resume))).containsExactly(1L);
  }

  @Test
  void foreignFeedLooksLikeAnUnknownOne() {
    UUID account = ledger.opened("alice");
    ledger.posted(account, 1);
    await().atMost(SOON).until(() -> sequences(account, "alice").equals(List.of(1L)));
    String operator = ISSUER.token("operator", "accounts:read ledger:operate");

    for (String token : List.of(ISSUER.token("bob"), ISSUER.token("operator", "accounts:read"))) {
      HttpResponse<String> unknown = feed(UUID.randomUUID(), token);
      HttpResponse<String> foreign = feed(account, token);

      assertThat(foreign.statusCode()).isEqualTo(200);
      assertThat(withoutResume(foreign)).isEqualTo("{\"known\":false,\"items\":[]}");
      assertThat(withoutResume(foreign)).isEqualTo(withoutResume(unknown));
    }
    assertThat(sequences(feed(account, operator))).containsExactly(1L);
  }

  @Test
  void cursorOfAnOwnerShowsOthersNothing() {
    UUID account = ledger.opened("alice");
    ledger.posted(account, 1);
    ledger.posted(account, 2);
    await().atMost(SOON).until(() -> sequences(account, "alice").equals(List.of(1L, 2L)));
    String path = "/v1/accounts/" + account + "/feed?limit=1";
    String next = json(get(path, ISSUER.token("alice"))).get("next").asString();

    HttpResponse<String> foreign = get(path + "&cursor=" + next, ISSUER.token("bob"));

    assertThat(withoutResume(foreign)).isEqualTo("{\"known\":false,\"items\":[]}");
  }

  @Test
  void pagesFollowEachOtherToTheEnd() {
    UUID account = ledger.opened("alice");
    List<Long> all = new ArrayList<>();
    for (long sequence = 1; sequence <= 53; sequence++) {
      ledger.posted(account, sequence);
      all.add(sequence);
    }
    await().atMost(SOON).until(() -> sequences(account, "alice").equals(all));

    HttpResponse<String> byDefault = feed(account, ISSUER.token("alice"));
    assertThat(sequences(byDefault)).hasSize(50);

    List<Long> read = new ArrayList<>();
    String cursor = "";
    int pages = 0;
    while (cursor != null) {
      HttpResponse<String> page =
          get("/v1/accounts/" + account + "/feed?limit=10" + cursor, ISSUER.token("alice"));
      read.addAll(sequences(page));
      JsonNode next = json(page).get("next");
      cursor = next == null ? null : "&cursor=" + next.asString();
      pages++;
    }
    assertThat(read).isEqualTo(all);
    assertThat(pages).isEqualTo(6);

    String ofThisFeed = json(byDefault).get("next").asString();
    UUID other = ledger.opened("alice");
    await().atMost(SOON).until(() -> feed(other, ISSUER.token("alice")).statusCode() == 200);
    assertThat(
            get("/v1/accounts/" + other + "/feed?cursor=" + ofThisFeed, ISSUER.token("alice"))
                .statusCode())
        .isEqualTo(400);
  }

  @Test
  void readerResumesWhereTheFeedEnded() {
    UUID account = ledger.opened("alice");
    await().atMost(SOON).until(() -> feed(account, ISSUER.token("alice")).statusCode() == 200);
    String atNothing = json(feed(account, ISSUER.token("alice"))).get("resume").asString();
    ledger.posted(account, 1);
    ledger.posted(account, 2);
    await().atMost(SOON).until(() -> sequences(account, "alice").equals(List.of(1L, 2L)));

    HttpResponse<String> end = after(account, atNothing);
    assertThat(sequences(end)).containsExactly(1L, 2L);
    assertThat(json(end).has("next")).as("its end").isFalse();
    String resume = json(end).get("resume").asString();
    HttpResponse<String> nothingNew = after(account, resume);
    assertThat(sequences(nothingNew)).isEmpty();
    assertThat(json(nothingNew).get("resume").asString()).isEqualTo(resume);

    ledger.posted(account, 3);
    await().atMost(SOON).until(() -> sequences(after(account, resume)).equals(List.of(3L)));
    JsonNode first = json(get("/v1/accounts/" + account + "/feed?limit=2", ISSUER.token("alice")));
    assertThat(first.get("resume"))
        .as("before the end it is the next page")
        .isEqualTo(first.get("next"));
  }

  private HttpResponse<String> after(UUID account, String cursor) {
    return get("/v1/accounts/" + account + "/feed?cursor=" + cursor, ISSUER.token("alice"));
  }

  /// It is signed, and opaque.
  private static String withoutResume(HttpResponse<String> answer) {
    assertThat(answer.body()).containsPattern(",\"resume\":\"[-_A-Za-z0-9]{23,43}\"}$");
    return answer.body().replaceAll(",\"resume\":\"[^\"]*\"", "");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "limit=0",
        "limit=201",
        "limit=-1",
        "limit=ten",
        "limit=1.5",
        "limit=9999999999",
        "limit=0x1",
        "limit=%D9%A1",
        "limit=01",
        "limit=",
        "limit=1&limit=2",
        "sequence=1",
        "%ff",
        "cursor=AAAA",
        "cursor=",
        "cursor=AAAAAAAAAAEAAAAAAAAAAAAAAAAAAAAA",
        "cursor=%27%20OR%201=1"
      })
  void wrongPageIsRefused(String query) {
    HttpResponse<String> answer =
        get("/v1/accounts/" + UUID.randomUUID() + "/feed?" + query, ISSUER.token("alice"));

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.headers().firstValue("Content-Type").orElse(""))
        .startsWith("application/problem+json");
    assertThat(answer.body())
        .contains("\"code\":\"invalid-request\"")
        .contains("\"traceId\":\"0af7651916cd43dd8448eb211c80319c\"");
  }

  @ParameterizedTest
  @CsvSource({
    "GET,  /v1/accounts/1-1-1-1-1/feed, 400, invalid-request",
    "GET,  /v1/accounts/none/feed,      400, invalid-request",
    "GET,  /v1//accounts,               400, invalid-request",
    "GET,  /v1/nothing,                 404, not-found",
    "POST, /v1/accounts/{id}/feed,      405, method-not-allowed"
  })
  void wrongRequestsAreProblems(String method, String path, int status, String code) {
    HttpResponse<String> answer =
        send(
            HttpRequest.newBuilder(
                    URI.create(
                        "http://127.0.0.1:"
                            + port
                            + path.replace("{id}", UUID.randomUUID().toString())))
                .header("Authorization", "Bearer " + ISSUER.token("alice"))
                .method(method, HttpRequest.BodyPublishers.noBody()));

    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.body()).contains("\"code\":\"" + code + "\"");
  }

  @ParameterizedTest
  @CsvSource({"0, 503", "-5, 503", "soon, 400"})
  void requestWithoutTimeIsRefused(String timeout, int status) {
    HttpResponse<String> answer =
        send(
            HttpRequest.newBuilder(
                    URI.create(
                        "http://127.0.0.1:" + port + "/v1/accounts/" + UUID.randomUUID() + "/feed"))
                .header("Authorization", "Bearer " + ISSUER.token("alice"))
                .header("Request-Timeout-Ms", timeout));

    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Retry-After").isPresent()).isEqualTo(status == 503);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE feed_item SET amount_minor = 1",
        "DELETE FROM feed_item",
        "TRUNCATE feed_item",
        "UPDATE account SET owner = 'bob'",
        "DELETE FROM inbox",
        "DELETE FROM dead_letter"
      })
  void applicationRoleMayOnlyAdd(String sql) {
    Assertions.assertThatThrownBy(
            () -> {
              try (var connection =
                      DriverManager.getConnection(
                          Postgres.address().url("notify_eu"),
                          "notify_eu_app",
                          "notify-eu-app-demo");
                  var statement = connection.createStatement()) {
                statement.execute(sql);
              }
            })
        .hasMessageContaining("permission denied");
  }
}
