package dev.payledger.ledger.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.ledger.FraudDouble.Mood;
import dev.payledger.ledger.LedgerUnderTest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// The list of an account's transfers, filtered. Alice, with a and a2, pays bob.
class FiltersIT extends LedgerUnderTest {
  private UUID a;
  private UUID a2;
  private UUID b;

  @BeforeEach
  void open() {
    a = account("alice", 100_000);
    a2 = account("alice", 1_000);
    b = account("bob", 1_000);
    clock.advance(Duration.ofSeconds(1));
  }

  @Test
  void payerFindsTransfersByTheirReference() {
    String rent = paid(a, b, 10, "rent");
    String legs = legs(leg(a2, b, 1), leg(a, b, 2), "rent");
    paid(a, b, 10, "rent 2");
    paid(a2, b, 10, "rent");
    paid(a, b, 10, null);
    String odd = paid(a, b, 10, "a=b&c d\u00e9");

    assertThat(ids(a, alice(), "reference=rent")).containsExactly(legs, rent);
    assertThat(ids(a, operator(), "reference=rent")).containsExactly(legs, rent);
    assertThat(ids(a, alice(), "reference=" + encoded("a=b&c d\u00e9"))).containsExactly(odd);
    assertThat(ids(a, alice(), "reference=nothing")).isEmpty();
    assertThat(ids(a, alice(), "reference=rent&direction=CREDIT")).isEmpty();
  }

  @Test
  void payeeCannotGuessAReference() {
    paid(a, b, 10, "secret");
    String others = legs(leg(a, b, 1), leg(b, a, 2), "secret", operator());

    assertThat(ids(b, bob(), "reference=secret")).isEmpty();
    assertThat(ids(a, alice(), "reference=secret"))
        .as("bob pays a part of the second")
        .doesNotContain(others)
        .hasSize(1);
    assertThat(ids(a, operator(), "reference=secret")).contains(others);
  }

  @Test
  void directionSaysWhoPays() {
    String out = paid(a, b, 10, null);
    String in = id(transfer(bob(), UUID.randomUUID(), b, a, 5));
    String both = legs(leg(a, b, 1), leg(a, a2, 2), null);

    assertThat(ids(a, alice(), "direction=DEBIT")).containsExactly(both, out);
    assertThat(ids(a, alice(), "direction=CREDIT")).startsWith(in).doesNotContain(both, out);
    assertThat(ids(a2, alice(), "direction=DEBIT")).isEmpty();
    assertThat(ids(a2, alice(), "direction=CREDIT")).contains(both);
  }

  @Test
  void statusIsAskedForByEitherSide() {
    String posted = paid(a, b, 10, null);
    FRAUD.become(Mood.FAILS);
    String pending = id(transfer(alice(), UUID.randomUUID(), a, b, 9_000));
    FRAUD.become(Mood.APPROVES);
    clock.advance(Duration.ofMillis(1));
    UUID command = UUID.randomUUID();
    assertThat(transfer(alice(), command, a, b, 999_999).code()).isEqualTo("insufficient-funds");

    assertThat(ids(a, alice(), "status=PENDING")).containsExactly(pending);
    assertThat(ids(b, bob(), "status=PENDING")).containsExactly(pending);
    assertThat(ids(a, alice(), "status=POSTED&direction=DEBIT")).containsExactly(posted);
    assertThat(ids(a, alice(), "status=REJECTED")).containsExactly(transferOf(command).toString());
    assertThat(ids(b, bob(), "status=REJECTED")).isEmpty();
    assertThat(ids(a, alice(), "status=HELD")).isEmpty();
  }

  @Test
  void timeRangeExcludesItsEnd() {
    List<String> made = new ArrayList<>();
    List<Instant> at = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      made.add(paid(a, b, 1, null));
      at.add(
          Instant.parse(
              get("/v1/transfers/" + made.getLast(), alice()).json().get("createdAt").asString()));
    }

    for (UUID account : List.of(a, b)) {
      assertThat(ids(account, operator(), "from=" + at.get(1) + "&to=" + at.get(3)))
          .containsExactly(made.get(2), made.get(1));
      assertThat(ids(account, operator(), "from=" + at.get(3).plusNanos(1))).isEmpty();
      assertThat(ids(account, operator(), "to=" + at.get(1).plusNanos(1) + "&from=" + at.get(0)))
          .containsExactly(made.get(1), made.get(0));
    }
    assertThat(ids(a, alice(), "to=1960-01-01T00:00:00Z")).isEmpty();
    assertThat(ids(a, alice(), "from=9999-12-31T00:00:00Z&to=9999-12-31T00:00:00Z")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "status=posted",
        "status=DONE",
        "direction=debit",
        "from=yesterday",
        "from=2026-11-23T24:00:00Z",
        "from=2026-11-23T10:00:00Z&to=2026-11-23T09:59:59Z",
        "from=%2B10000-01-01T00:00:00Z",
        "to=2026-02-30T00:00:00Z",
        "reference=a%00b",
        "reference=a%0Ab"
      })
  void invalidFilterIsRefused(String filter) {
    Answer answer = get("/v1/transfers?accountId=" + a + "&" + filter, alice());

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().get("detail").asString())
        .startsWith(filter.substring(0, filter.indexOf('=')));
  }

  @Test
  void cursorRejectsOtherFilters() {
    for (int i = 0; i < 3; i++) {
      paid(a, b, 1, "rent");
    }
    String now = clock.instant().toString();
    List<String> filters =
        List.of("", "reference=rent", "status=POSTED", "direction=DEBIT", "to=" + now);
    for (String one : filters) {
      String cursor = get(path(a, one) + "&limit=1", alice()).json().get("next").asString();
      for (String other : filters) {
        assertThat(get(path(a, other) + "&limit=1&cursor=" + cursor, alice()).status())
            .as("%s, then %s", one, other)
            .isEqualTo(one.equals(other) ? 200 : 400);
      }
    }
  }

  @Test
  void filteredPagesShowEachTransferOnce() {
    List<String> made = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      made.add(0, paid(a, b, 1, i % 2 == 0 ? "rent" : null));
    }

    assertThat(pages(a, "status=POSTED&direction=DEBIT", 2)).isEqualTo(made);
    assertThat(pages(a, "reference=rent", 2)).hasSize(4).isSubsetOf(made);
  }

  /// More transfers than a page looks at, the one asked for before all of them.
  @Test
  void rareStatusIsFoundOnALaterPage() {
    FRAUD.become(Mood.FAILS);
    String pending = id(transfer(alice(), UUID.randomUUID(), a, b, 9_000));
    superuser(
        """
        SET session_replication_role = replica;
        INSERT INTO transfer (id, initiator, by_operator, status, rejection, debit_account_id,
            credit_account_id, amount_minor, currency, created_at, expires_at, finished_at, refused)
          SELECT gen_random_uuid(), 'alice', false, 'REJECTED', 'insufficient-funds', '%s', '%s', 1,
            'EUR', timestamptz '%s' + n * interval '1 us', now(), now(), true
          FROM generate_series(1, 1200) n
        """
            .formatted(a, b, clock.instant()));
    try {
      JsonNode first = get(path(a, "status=PENDING"), alice()).json();

      assertThat(first.get("items")).isEmpty();
      assertThat(first.has("next")).isTrue();
      assertThat(pages(a, "status=PENDING", 50)).containsExactly(pending);
      assertThat(pages(a, "status=REJECTED", 200)).hasSize(1200).doesNotHaveDuplicates();
    } finally {
      superuser(
          "SET session_replication_role = replica; DELETE FROM transfer WHERE refused AND"
              + " debit_account_id = '%s'".formatted(a));
    }
  }

  private String path(UUID account, String filter) {
    return "/v1/transfers?accountId=" + account + "&" + filter;
  }

  private List<String> ids(UUID account, String token, String filter) {
    Answer answer = get(path(account, filter), token);
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    List<String> ids = new ArrayList<>();
    answer.json().get("items").forEach(item -> ids.add(item.get("id").asString()));
    return ids;
  }

  private List<String> pages(UUID account, String filter, int limit) {
    List<String> ids = new ArrayList<>();
    String next = "";
    while (next != null) {
      JsonNode page = get(path(account, filter) + "&limit=" + limit + next, alice()).json();
      page.get("items").forEach(item -> ids.add(item.get("id").asString()));
      next = page.has("next") ? "&cursor=" + page.get("next").asString() : null;
    }
    return ids;
  }

  private String paid(UUID debit, UUID credit, long minor, String reference) {
    String body = body(debit, credit, Long.toString(minor));
    return posted(alice(), body, reference);
  }

  private String legs(String first, String second, String reference) {
    return legs(first, second, reference, alice());
  }

  private String legs(String first, String second, String reference, String token) {
    return posted(
        token, "{\"legs\":[" + first + "," + second + "],\"currency\":\"EUR\"}", reference);
  }

  /// Each a moment after the one before.
  private String posted(String token, String body, String reference) {
    clock.advance(Duration.ofMillis(1));
    String end = reference == null ? "}" : ",\"reference\":\"" + reference + "\"}";
    return id(
        post(
            "/v1/transfers", token, UUID.randomUUID(), body.substring(0, body.length() - 1) + end));
  }

  private static String id(Answer answer) {
    assertThat(answer.status()).as(answer.text()).isIn(201, 202);
    return answer.json().get("id").asString();
  }

  private static String leg(UUID debit, UUID credit, long minor) {
    return "{\"debitAccountId\":\"%s\",\"creditAccountId\":\"%s\",\"amountMinor\":%d}"
        .formatted(debit, credit, minor);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
