package dev.payledger.ledger.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.ledger.FraudDouble.Mood;
import dev.payledger.ledger.LedgerUnderTest;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;

/// Books with a row of every kind, for the tests that check or spoil them.
abstract class BooksFixture extends LedgerUnderTest {
  Map<String, String> rows = Map.of();
  Instant booksBegin = Instant.EPOCH;
  long positionBefore;

  /// Alice's account a holds 10,000, sends 1,000 to bob's b, who gives 300 back, and 500
  /// unscreened; 6,000 are held, one transfer was declined, one was beyond her means. One of two
  /// legs was given back, and of 1,000 held for their capture 400 are captured.
  @BeforeEach
  void someBooks() {
    booksBegin = clock.instant();
    // Older than what the continuous auditor is shown.
    UUID second = account("alice", 100);
    positionBefore = newestPosition();
    // With the whole of her allowance left.
    clock.set(startOfNextHour());
    UUID a = account("alice", 10_000);
    UUID b = account("bob", 0);
    UUID other = account("carol", 0);
    UUID freeze = UUID.randomUUID();
    assertThat(
            post(
                    "/v1/accounts/" + other + "/overdraft",
                    operator(),
                    UUID.randomUUID(),
                    "{\"limitMinor\":50}")
                .status())
        .isEqualTo(200);
    assertThat(post("/v1/accounts/" + other + "/freeze", operator(), freeze, "{}").status())
        .isEqualTo(200);
    UUID posted = UUID.randomUUID();
    UUID rejected = UUID.randomUUID();
    UUID declined = UUID.randomUUID();
    UUID pending = UUID.randomUUID();
    UUID reversal = UUID.randomUUID();
    UUID legs = UUID.randomUUID();
    UUID legsBack = UUID.randomUUID();
    UUID held = UUID.randomUUID();
    assertThat(transfer(alice(), posted, a, b, 1_000).status()).isEqualTo(201);
    assertThat(
            post(
                    "/v1/transfers/" + transferOf(posted) + "/reversals",
                    bob(),
                    reversal,
                    "{\"amountMinor\":300}")
                .status())
        .isEqualTo(201);
    assertThat(
            post(
                    "/v1/transfers",
                    alice(),
                    legs,
                    """
                    {"legs":[{"debitAccountId":"%1$s","creditAccountId":"%2$s","amountMinor":200},
                      {"debitAccountId":"%1$s","creditAccountId":"%3$s","amountMinor":100}],
                      "currency":"EUR"}
                    """
                        .formatted(a, b, account("dora", 0)))
                .status())
        .isEqualTo(201);
    assertThat(
            post("/v1/transfers/" + transferOf(legs) + "/reversals", operator(), legsBack, "{}")
                .status())
        .isEqualTo(201);
    assertThat(
            post(
                    "/v1/transfers",
                    alice(),
                    held,
                    body(a, b, "1000").replace("}", ",\"capture\":\"MANUAL\"}"))
                .status())
        .isEqualTo(201);
    assertThat(
            post(
                    "/v1/transfers/" + transferOf(held) + "/capture",
                    bob(),
                    UUID.randomUUID(),
                    "{\"amountMinor\":400}")
                .status())
        .isEqualTo(200);
    assertThat(transfer(alice(), rejected, a, b, 99_999).code()).isEqualTo("insufficient-funds");
    FRAUD.become(Mood.DECLINES);
    assertThat(transfer(alice(), declined, a, b, 1).code()).isEqualTo("fraud-declined");
    // No entry of the second account tells of this one, whose second leg pays from there.
    assertThat(
            post(
                    "/v1/transfers",
                    alice(),
                    UUID.randomUUID(),
                    """
                    {"legs":[{"debitAccountId":"%1$s","creditAccountId":"%3$s","amountMinor":2},
                      {"debitAccountId":"%2$s","creditAccountId":"%3$s","amountMinor":1}],
                      "currency":"EUR"}
                    """
                        .formatted(a, second, b))
                .code())
        .isEqualTo("fraud-declined");
    FRAUD.become(Mood.FAILS);
    assertThat(transfer(alice(), UUID.randomUUID(), a, b, 500).status()).isEqualTo(201);
    assertThat(transfer(alice(), pending, a, b, 6_000).status()).isEqualTo(202);
    rows =
        Stream.of(
                Map.entry("a", a),
                Map.entry("b", b),
                Map.entry("other", other),
                Map.entry("second", second),
                Map.entry("freeze", transferOf("operator", freeze)),
                Map.entry("posted", transferOf(posted)),
                Map.entry("rejected", transferOf(rejected)),
                Map.entry("declined", transferOf(declined)),
                Map.entry("pending", transferOf(pending)),
                Map.entry("reversal", transferOf("bob", reversal)),
                Map.entry("legs", transferOf(legs)),
                Map.entry("legs back", transferOf("operator", legsBack)),
                Map.entry("held", transferOf(held)),
                Map.entry(
                    "entry",
                    id("SELECT id FROM journal_entry WHERE transfer_id = ?", transferOf(posted))),
                Map.entry("event of posted", event(transferOf(posted), "transfer", 1)),
                Map.entry("event of b", event(b, "account-entry", 1)),
                Map.entry("event of other", event(other, "account", 0)))
            .collect(
                Collectors.toMap(
                    entry -> "{" + entry.getKey() + "}", entry -> entry.getValue().toString()));
  }

  static long newestPosition() {
    return value(Long.class, "SELECT coalesce(max(position), 0) FROM outbox");
  }

  String named(String text, String quote) {
    String named = text;
    for (var row : rows.entrySet()) {
      named = named.replace(row.getKey(), quote + row.getValue() + quote);
    }
    return named;
  }

  static UUID id(String sql, Object... parameters) {
    return value(UUID.class, sql, parameters);
  }

  static UUID event(UUID aggregate, String type, long seq) {
    return id(
        "SELECT id FROM outbox WHERE aggregate_id = ? AND aggregate_type = ? AND aggregate_seq = ?",
        aggregate,
        type,
        seq);
  }
}
