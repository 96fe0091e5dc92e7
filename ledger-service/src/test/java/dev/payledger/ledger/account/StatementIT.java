package dev.payledger.ledger.account;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.ledger.LedgerUnderTest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/// What happened on an account between two instants, as entries and as a statement. Alice has 1,000 and
/// pays bob 10, 20, 30 and 40, a second after each other.
class StatementIT extends LedgerUnderTest {
  @Autowired private AccountProperties properties;

  private UUID a;
  private UUID b;
  private List<Instant> at;

  @BeforeEach
  void pay() {
    a = account("alice", 1_000);
    b = account("bob", 0);
    at = new ArrayList<>();
    for (int i = 1; i <= 4; i++) {
      clock.advance(Duration.ofSeconds(1));
      at.add(clock.instant().truncatedTo(ChronoUnit.MICROS));
      pay(10 * i, "rent " + i);
    }
  }

  @Test
  void entriesCoverHalfOpenTimeRange() {
    assertThat(amounts("", 50)).containsExactly(1_000L, 10L, 20L, 30L, 40L);
    assertThat(amounts("from=" + at.get(1) + "&to=" + at.get(3), 50)).containsExactly(20L, 30L);
    assertThat(amounts("from=" + at.get(1).plusNanos(1), 50)).containsExactly(30L, 40L);
    assertThat(amounts("to=" + at.get(0), 50)).containsExactly(1_000L);
    assertThat(amounts("from=" + at.get(3).plusSeconds(1), 50)).isEmpty();
    assertThat(amounts("to=1960-01-01T00:00:00Z", 50)).isEmpty();
  }

  @Test
  void entriesAreReadNewestFirst() {
    for (int limit : List.of(1, 2, 50)) {
      assertThat(amounts("order=NEWEST_FIRST", limit)).containsExactly(40L, 30L, 20L, 10L, 1_000L);
      assertThat(amounts("order=NEWEST_FIRST&from=" + at.get(1) + "&to=" + at.get(3), limit))
          .containsExactly(30L, 20L);
      assertThat(amounts("order=OLDEST_FIRST&from=" + at.get(1), limit))
          .containsExactly(20L, 30L, 40L);
    }
    String path = "/v1/accounts/" + a + "/entries?limit=1";
    String cursor = get(path + "&order=NEWEST_FIRST", alice()).json().get("next").asString();
    for (String other :
        List.of("", "&order=OLDEST_FIRST", "&order=NEWEST_FIRST&from=" + at.get(0))) {
      assertThat(get(path + other + "&cursor=" + cursor, alice()).status())
          .as(other)
          .isEqualTo(400);
    }
    for (String wrong : List.of("order=DESC", "from=x", "from=" + at.get(1) + "&to=" + at.get(0))) {
      assertThat(get(path + "&" + wrong, alice()).status()).as(wrong).isEqualTo(400);
    }
  }

  @Test
  void entryShowsTheReferenceToWhoPays() {
    for (String token : List.of(alice(), operator())) {
      assertThat(entries(a, token).get(1).get("reference").asString()).isEqualTo("rent 1");
    }
    assertThat(entries(b, bob()).get(0).has("reference")).isFalse();
    assertThat(entries(b, operator()).get(0).get("reference").asString()).isEqualTo("rent 1");
  }

  @Test
  void statementHasBothBalancesAndTheEntriesBetween() {
    clock.advance(properties.settleTime().plusSeconds(1));
    JsonNode statement = statement(at.get(1), at.get(3), "", alice()).json();

    assertThat(statement.get("accountId").asString()).isEqualTo(a.toString());
    assertThat(statement.get("currency").asString()).isEqualTo("EUR");
    assertThat(statement.get("openingBalanceMinor").asLong()).isEqualTo(990);
    assertThat(statement.get("closingBalanceMinor").asLong()).isEqualTo(940);
    assertThat(statement.get("items"))
        .extracting(item -> item.get("amountMinor").asLong())
        .containsExactly(20L, 30L);
    assertThat(statement.get("items").get(0).get("reference").asString()).isEqualTo("rent 2");
    assertThat(statement.has("next")).isFalse();
    JsonNode empty =
        statement(at.get(3).plusNanos(1000), at.get(3).plusSeconds(1), "", alice()).json();
    assertThat(empty.get("openingBalanceMinor")).isEqualTo(empty.get("closingBalanceMinor"));
    assertThat(empty.get("items")).isEmpty();
  }

  @Test
  void statementCoversSettledPastForOwnerOnly() {
    Answer early = statement(at.get(0), at.get(3), "", alice());

    assertThat(early.status()).isEqualTo(422);
    assertThat(early.code()).isEqualTo("as-of-not-settled");
    assertThat(early.json().get("detail").asString()).startsWith("to must be at least 30 s ago");
    clock.advance(properties.settleTime());
    assertThat(statement(at.get(0), at.get(3), "", alice()).status()).isEqualTo(200);
    assertThat(statement(at.get(0), at.get(3), "", bob()).status()).isEqualTo(404);
    String path = "/v1/accounts/" + a + "/statement?";
    for (String wrong :
        List.of(
            "from=" + at.get(0),
            "to=" + at.get(0),
            "from=" + at.get(1) + "&to=" + at.get(0),
            "from=" + at.get(0) + "&to=" + at.get(1) + "&format=XML")) {
      assertThat(get(path + wrong, alice()).status()).as(wrong).isEqualTo(400);
    }
  }

  @Test
  void statementCursorIsBoundToItsRange() {
    clock.advance(properties.settleTime().plusSeconds(1));
    List<Long> amounts = new ArrayList<>();
    String next = "";
    while (next != null) {
      JsonNode page = statement(at.get(0), at.get(3), "&limit=1" + next, alice()).json();
      assertThat(page.get("openingBalanceMinor").asLong()).isEqualTo(1_000);
      assertThat(page.get("closingBalanceMinor").asLong()).isEqualTo(940);
      page.get("items").forEach(item -> amounts.add(item.get("amountMinor").asLong()));
      next = page.has("next") ? "&cursor=" + page.get("next").asString() : null;
      if (next != null) {
        assertThat(statement(at.get(0), at.get(2), "&limit=1" + next, alice()).status())
            .isEqualTo(400);
      }
    }
    assertThat(amounts).containsExactly(10L, 20L, 30L);
  }

  @Test
  void statementIsReadAsCsv() {
    clock.advance(properties.settleTime().plusSeconds(1));
    Answer answer = statement(at.get(1), at.get(3), "&format=CSV", alice());

    assertThat(answer.response().headers().firstValue("Content-Type"))
        .contains("text/csv;charset=UTF-8");
    assertThat(answer.text().split("\r\n"))
        .hasSize(5)
        .contains("type,at,amountMinor,currency,balanceMinor,sequence,transferId,entryId,reference")
        .satisfies(
            rows -> {
              assertThat(rows[1]).matches("OPENING,[-0-9:.TZ]{27},,EUR,990,,,,");
              assertThat(rows[2])
                  .matches("DEBIT,[-0-9:.TZ]{27},20,EUR,970,3,[-0-9a-f]{36},[-0-9a-f]{36},rent 2");
              assertThat(rows[3]).startsWith("DEBIT,").endsWith(",rent 3");
              assertThat(rows[4]).matches("CLOSING,[-0-9:.TZ]{27},,EUR,940,,,,");
            });
  }

  @Test
  void csvPagesNameTheNextOneInALink() {
    clock.advance(properties.settleTime().plusSeconds(1));
    String from = at.get(0).toString();
    String to = at.get(3).toString();
    String path =
        "/v1/accounts/%s/statement?from=%s&to=%s&format=CSV&limit=2".formatted(a, from, to);
    List<String> types = new ArrayList<>();
    while (path != null) {
      Answer page = get(path, alice());
      assertThat(page.status()).as(page.text()).isEqualTo(200);
      page.text().lines().skip(1).map(row -> row.split(",")[0]).forEach(types::add);
      Matcher link =
          Pattern.compile("<(/v1/[^>]+)>; rel=\"next\"")
              .matcher(page.response().headers().firstValue("Link").orElse(""));
      path = link.matches() ? link.group(1) : null;
    }
    assertThat(types).containsExactly("OPENING", "DEBIT", "DEBIT", "DEBIT", "CLOSING");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      quoteCharacter = '`',
      value = {
        "=1+1|'=1+1",
        "+1|'+1",
        "-1|'-1",
        "@SUM(A1)|'@SUM(A1)",
        "\uFF1D1|'\uFF1D1",
        "rent|rent",
        "a=1|a=1",
        "a,b|\"a,b\"",
        "a\"b|\"a\"\"b\"",
        "=\"x\",1|\"'=\"\"x\"\",1\""
      })
  void csvCellBeginsNoFormula(String reference, String cell) {
    clock.advance(Duration.ofSeconds(1));
    Instant from = clock.instant().truncatedTo(ChronoUnit.MICROS);
    pay(1, reference.replace("\"", "\\\""));
    clock.advance(properties.settleTime().plusSeconds(1));

    Answer answer = statement(from, from.plusSeconds(1), "&format=CSV", alice());
    assertThat(answer.text().split("\r\n")[2]).endsWith("," + cell);
  }

  @Test
  void csvCellOfControlCharactersIsHarmlessToo() {
    assertThat(StatementView.cell("\t=1")).isEqualTo("'\t=1");
    assertThat(StatementView.cell("\r=1")).isEqualTo("\"'\r=1\"");
    assertThat(StatementView.cell("")).isEmpty();
  }

  @Test
  void csvNumbersStayNumbers() {
    post(
        "/v1/accounts/" + a + "/overdraft", operator(), UUID.randomUUID(), "{\"limitMinor\":5000}");
    clock.advance(Duration.ofSeconds(1));
    Instant from = clock.instant().truncatedTo(ChronoUnit.MICROS);
    pay(2_000, "-5");
    clock.advance(properties.settleTime().plusSeconds(1));

    assertThat(statement(from, from.plusSeconds(1), "&format=CSV", alice()).text())
        .contains(",2000,EUR,-1100,", ",'-5\r\n");
  }

  private void pay(long minor, String reference) {
    String body = body(a, b, Long.toString(minor));
    Answer paid =
        post(
            "/v1/transfers",
            alice(),
            UUID.randomUUID(),
            body.replace("EUR\"}", "EUR\",\"reference\":\"" + reference + "\"}"));
    assertThat(paid.status()).as(paid.text()).isEqualTo(201);
  }

  private Answer statement(Instant from, Instant to, String more, String token) {
    return get("/v1/accounts/%s/statement?from=%s&to=%s%s".formatted(a, from, to, more), token);
  }

  private JsonNode entries(UUID account, String token) {
    return get("/v1/accounts/" + account + "/entries", token).json().get("items");
  }

  private List<Long> amounts(String filter, int limit) {
    List<Long> amounts = new ArrayList<>();
    String next = "";
    while (next != null) {
      Answer page =
          get("/v1/accounts/%s/entries?limit=%d&%s%s".formatted(a, limit, filter, next), alice());
      assertThat(page.status()).as(page.text()).isEqualTo(200);
      page.json().get("items").forEach(item -> amounts.add(item.get("amountMinor").asLong()));
      next = page.json().has("next") ? "&cursor=" + page.json().get("next").asString() : null;
    }
    return amounts;
  }
}
