package dev.payledger.ledger.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.ledger.FraudDouble.Mood;
import dev.payledger.ledger.LedgerUnderTest;
import dev.payledger.testkit.Postgres;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.io.ClassPathResource;
import tools.jackson.databind.JsonNode;

/// Each check is shown books that are wrong in the way it is there to see. The books are spoilt by
/// the superuser with triggers and foreign keys off, in a transaction that is rolled back.
class ChecksIT extends LedgerUnderTest {
  /// Check; how the books are spoilt; what the check then names, if not just anything. Names in
  /// braces are the rows of `someBooks`.
  private static final String CONTROLS =
      """
      I1   | ALTER TABLE account DROP CONSTRAINT account_stays_at_or_above_its_floor; UPDATE account SET debits_pending_minor = 99999 WHERE id = {a} | {a}
      I2   | UPDATE account SET credits_posted_minor = credits_posted_minor + 1 WHERE id = {a} | EUR
      I2   | UPDATE account SET credits_pending_minor = credits_pending_minor + 1 WHERE id = {a} | EUR
      I3   | DELETE FROM journal_entry WHERE transfer_id = {posted} | {posted}
      I3   | UPDATE journal_entry SET transfer_id = {pending} WHERE transfer_id = {posted} | {pending}
      I3   | UPDATE journal_entry SET transfer_id = gen_random_uuid() WHERE transfer_id = {posted} | {posted}
      I3   | UPDATE journal_entry SET amount_minor = amount_minor + 1 WHERE transfer_id = {posted} | {posted}
      I3   | UPDATE journal_entry SET debit_account_id = credit_account_id, credit_account_id = debit_account_id WHERE transfer_id = {posted} | {posted}
      I4   | UPDATE journal_entry SET amount_minor = amount_minor + 1 WHERE transfer_id = {posted} | {a}
      I4   | UPDATE account SET credits_posted_minor = credits_posted_minor + 1, debits_posted_minor = debits_posted_minor + 1 WHERE id = {b} | {b}
      I4   | DELETE FROM journal_entry WHERE transfer_id = {posted} | {b}
      I5   | UPDATE account_line SET seq = 7 WHERE account_id = {a} AND seq = 2 | {a} line 7
      I5   | UPDATE account_line SET balance_after_minor = balance_after_minor + 1 WHERE account_id = {a} AND seq = 2 | {a} line 2
      I5   | ALTER TABLE account_line DROP CONSTRAINT account_line_shows_an_entry_once_per_side; UPDATE account_line SET side = 'CREDIT' WHERE account_id = {a} AND seq = 2 | {a} line 2
      I5   | UPDATE journal_entry SET posted_at = posted_at - interval '1 year' WHERE transfer_id = {posted} | {a} line 2
      I5   | ALTER TABLE account DROP CONSTRAINT account_stays_at_or_above_its_floor; UPDATE account SET floor_minor = 9500 WHERE id = {a} | {a} line 2
      I5b  | DELETE FROM account_line WHERE account_id = {a} AND seq = 2 | {entry}
      I5b  | UPDATE account_line SET account_id = {other} WHERE account_id = {b} | {entry}
      I5b  | UPDATE account SET line_count = line_count + 1 WHERE id = {b} | {b}
      I6   | DELETE FROM transfer WHERE id = {posted} | {posted}
      I6   | UPDATE command SET outcome = 'REJECTED' WHERE id = {posted} | {posted}
      I6   | UPDATE command SET outcome = 'ACCEPTED' WHERE id = {rejected} | {rejected}
      I6   | UPDATE command SET outcome = 'REJECTED' WHERE id = {declined} | {declined}
      I8   | UPDATE transfer SET expires_at = now() - interval '61 seconds' WHERE id = {pending} | {pending}
      I9   | UPDATE saga SET step = 'SCREEN' WHERE transfer_id = {posted} | {posted}
      I9   | UPDATE saga SET step = 'DONE' WHERE transfer_id = {pending} | {pending}
      I9   | DELETE FROM saga WHERE transfer_id = {pending} | {pending}
      I10  | UPDATE hold SET status = 'HELD', ended_at = NULL WHERE transfer_id = {posted} | {posted}
      I10  | UPDATE hold SET status = 'VOIDED' WHERE transfer_id = {posted} | {posted}
      I10  | UPDATE hold SET captured_minor = captured_minor - 1 WHERE transfer_id = {posted} | {posted}
      I10  | UPDATE hold SET captured_minor = 1 WHERE transfer_id = {declined} | {declined}
      I10  | UPDATE hold SET status = 'EXPIRED' WHERE transfer_id = {declined} | {declined}
      I10  | UPDATE hold SET status = 'CAPTURED', ended_at = now() WHERE transfer_id = {pending} | {pending}
      I10  | DELETE FROM hold WHERE transfer_id = {posted} | {posted}
      I10  | DELETE FROM hold WHERE transfer_id = {pending} | {pending}
      I10b | UPDATE account SET debits_pending_minor = debits_pending_minor - 1 WHERE id = {a} | {a}
      I10b | UPDATE hold SET amount_minor = amount_minor + 1 WHERE transfer_id = {pending} | {a}
      I10b | DELETE FROM hold WHERE transfer_id = {pending} | {a}
      I11  | DELETE FROM outbox WHERE aggregate_id = {posted} AND aggregate_seq = 1 | {posted}
      I11  | DELETE FROM outbox WHERE aggregate_id = {rejected} | {rejected}
      I11  | UPDATE transfer SET event_count = event_count + 1 WHERE id = {posted} | {posted}
      I11  | DELETE FROM outbox WHERE aggregate_id = {b} AND aggregate_type = 'account-entry' | {b} line 1
      I11  | UPDATE outbox SET payload = jsonb_set(payload, '{balanceAfterMinor}', '1') WHERE aggregate_id = {b} AND aggregate_type = 'account-entry' | {b} line 1
      I11b | DELETE FROM transfer WHERE id = {posted} | {event of posted}
      I11b | UPDATE transfer SET event_count = 0 WHERE id = {posted} | {event of posted}
      I11b | DELETE FROM account_line WHERE account_id = {b} | {event of b}
      I11b | DELETE FROM account WHERE id = {other} | {event of other}
      I26  | ALTER TABLE offline_allowance DROP CONSTRAINT offline_allowance_is_never_exceeded; UPDATE offline_allowance SET used_minor = limit_minor + 1 WHERE account_id = {a} | {a}
      I27  | UPDATE transfer SET reversed_minor = reversed_minor + 1 WHERE id = {posted} | {posted}
      I27  | UPDATE transfer SET reversing_minor = 1 WHERE id = {posted} | {posted}
      I27  | UPDATE transfer SET amount_minor = amount_minor + 1 WHERE id = {reversal} | {posted}
      I27  | ALTER TABLE transfer DROP CONSTRAINT transfer_is_never_reversed_beyond_its_amount; UPDATE transfer SET amount_minor = 200 WHERE id = {posted} | {posted}
      I27  | UPDATE transfer SET debit_account_id = {other} WHERE id = {reversal} | {reversal}
      I27  | UPDATE transfer SET currency = 'USD' WHERE id = {reversal} | {reversal}
      I27  | ALTER TABLE transfer DROP CONSTRAINT transfer_that_reverses_is_not_reversed; UPDATE transfer SET reverses = {reversal} WHERE id = {posted} | {posted}
      """;

  @Autowired private Checks checks;

  private Map<String, String> rows = Map.of();

  /// Alice's account a holds 10,000, sends 1,000 to bob's b, who gives 300 back, and 500 unscreened; 6,000 are held, one
  /// transfer was declined, one was beyond her means.
  @BeforeEach
  void someBooks() {
    UUID a = account("alice", 10_000);
    UUID b = account("bob", 0);
    UUID other = account("carol", 0);
    UUID posted = UUID.randomUUID();
    UUID rejected = UUID.randomUUID();
    UUID declined = UUID.randomUUID();
    UUID pending = UUID.randomUUID();
    UUID reversal = UUID.randomUUID();
    assertThat(transfer(alice(), posted, a, b, 1_000).status()).isEqualTo(201);
    assertThat(
            post("/v1/transfers/" + posted + "/reversals", bob(), reversal, "{\"amountMinor\":300}")
                .status())
        .isEqualTo(201);
    assertThat(transfer(alice(), rejected, a, b, 99_999).code()).isEqualTo("insufficient-funds");
    FRAUD.become(Mood.DECLINES);
    assertThat(transfer(alice(), declined, a, b, 1).code()).isEqualTo("fraud-declined");
    FRAUD.become(Mood.FAILS);
    assertThat(transfer(alice(), UUID.randomUUID(), a, b, 500).status()).isEqualTo(201);
    assertThat(transfer(alice(), pending, a, b, 6_000).status()).isEqualTo(202);
    rows =
        Stream.of(
                Map.entry("a", a),
                Map.entry("b", b),
                Map.entry("other", other),
                Map.entry("posted", posted),
                Map.entry("rejected", rejected),
                Map.entry("declined", declined),
                Map.entry("pending", pending),
                Map.entry("reversal", reversal),
                Map.entry(
                    "entry", id("SELECT id FROM journal_entry WHERE transfer_id = ?", posted)),
                Map.entry("event of posted", event(posted, "transfer", 1)),
                Map.entry("event of b", event(b, "account-entry", 1)),
                Map.entry("event of other", event(other, "account", 0)))
            .collect(
                Collectors.toMap(
                    entry -> "{" + entry.getKey() + "}", entry -> entry.getValue().toString()));
  }

  /// All of them over one set of books: setting those up takes longer than looking at them.
  @Test
  void eachCheckSeesTheBooksSpoiltInItsOwnWay() throws SQLException {
    try (Connection superuser = Postgres.superuser("ledger");
        Statement statement = superuser.createStatement()) {
      superuser.setAutoCommit(false);
      for (Control control : CONTROLS.lines().map(Control::of).toList()) {
        statement.execute("SET LOCAL session_replication_role = replica");
        assertThat(violations(statement, control.check())).as("before: " + control).isEmpty();

        statement.execute(named(control.spoil(), "'"));

        assertThat(violations(statement, control.check()))
            .as(control.toString())
            .contains(named(control.named(), ""));
        superuser.rollback();
      }
    }
  }

  @Test
  void everyCheckHasAControl() throws Exception {
    String file = new ClassPathResource("checks.sql").getContentAsString(StandardCharsets.UTF_8);
    long queries = file.lines().filter(line -> line.endsWith(";")).count();

    assertThat(checks.ids()).doesNotHaveDuplicates().hasSize((int) queries);
    assertThat(CONTROLS.lines().map(line -> Control.of(line).check()).distinct())
        .containsExactlyInAnyOrderElementsOf(checks.ids());
  }

  @Test
  void rightBooksPassAndTheCheckSaysHowMuchItSaw() {
    Answer answer = get("/v1/operator/checks", operator());

    assertThat(answer.status()).isEqualTo(200);
    JsonNode result = answer.json();
    assertThat(result.get("passed").asBoolean()).isTrue();
    assertThat(result.get("checks")).hasSize(checks.ids().size());
    assertThat(result.get("checks"))
        .allSatisfy(
            check -> {
              assertThat(check.get("violations").asLong()).isZero();
              assertThat(check.get("sample")).isEmpty();
              assertThat(check.get("name").asString()).isNotBlank();
            });
    for (String table :
        List.of(
            "account", "command", "transfer", "hold", "journal_entry", "account_line", "outbox")) {
      assertThat(result.get("counted").get(table).asLong()).as(table).isPositive();
    }
  }

  /// Wrong books in earnest, committed and put right again.
  @Test
  void wrongBooksDoNotPassAndTheSampleNamesThem() throws SQLException {
    String spoil = "UPDATE account SET line_count = line_count %s 1 WHERE id = '%s'";
    try (Connection superuser = Postgres.superuser("ledger");
        Statement statement = superuser.createStatement()) {
      statement.execute(spoil.formatted("+", rows.get("{b}")));
      ChecksView wrong = checks.run();
      statement.execute(spoil.formatted("-", rows.get("{b}")));

      assertThat(wrong.passed()).isFalse();
      assertThat(wrong.checks())
          .filteredOn(check -> check.violations() > 0)
          .containsExactly(
              new ChecksView.CheckView(
                  "I5b",
                  "every entry has its two lines, on its own accounts, and an account counts its"
                      + " lines",
                  1,
                  List.of(rows.get("{b}"))));
    }
    assertThat(checks.run().passed()).isTrue();
  }

  private List<String> violations(Statement statement, String check) throws SQLException {
    List<String> violations = new ArrayList<>();
    try (var row = statement.executeQuery(checks.query(check))) {
      while (row.next()) {
        violations.add(row.getString(1));
      }
    }
    return violations;
  }

  private String named(String text, String quote) {
    String named = text;
    for (var row : rows.entrySet()) {
      named = named.replace(row.getKey(), quote + row.getValue() + quote);
    }
    return named;
  }

  private static UUID id(String sql, Object... parameters) {
    return value(UUID.class, sql, parameters);
  }

  private static UUID event(UUID aggregate, String type, long seq) {
    return id(
        "SELECT id FROM outbox WHERE aggregate_id = ? AND aggregate_type = ? AND aggregate_seq = ?",
        aggregate,
        type,
        seq);
  }

  private record Control(String check, String spoil, String named) {
    static Control of(String line) {
      String[] cells = line.trim().split("\\s*\\|\\s*");
      return new Control(cells[0], cells[1], cells[2]);
    }
  }
}
