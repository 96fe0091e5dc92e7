package dev.payledger.ledger.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.testkit.Postgres;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import tools.jackson.databind.JsonNode;

/// Each check is shown books that are wrong in the way it is there to see. The books are spoilt by
/// the superuser with triggers and foreign keys off, in a transaction that is rolled back.
class ChecksIT extends BooksFixture {
  /// Check; how the books are spoilt; what the check then names; and what the continuous auditor
  /// says where that is not the same. Names in braces are the rows of `someBooks`.
  private static final String CONTROLS =
      """
      I1   | ALTER TABLE account DROP CONSTRAINT account_stays_at_or_above_its_floor; UPDATE account SET debits_pending_minor = 99999 WHERE id = {a} | {a}
      I2   | UPDATE account SET credits_posted_minor = credits_posted_minor + 1 WHERE id = {a} | EUR | I4 {a}
      I2   | UPDATE account SET credits_pending_minor = credits_pending_minor + 1 WHERE id = {a} | EUR | I10c {a}
      I2b  | UPDATE account_line SET account_id = {other} WHERE account_id = {b} | {other} line 1
      I2b  | UPDATE journal_entry SET credit_account_id = {other} WHERE transfer_id = {posted} | {b} line 1
      I2b  | UPDATE journal_entry SET currency = 'USD' WHERE transfer_id = {posted} | {a} line 2
      I2b  | DELETE FROM journal_entry WHERE transfer_id = {posted} | {a} line 2
      I3   | DELETE FROM journal_entry WHERE transfer_id = {posted} | {posted}
      I3   | UPDATE journal_entry SET transfer_id = {pending} WHERE transfer_id = {posted} | {pending}
      I3   | UPDATE journal_entry SET transfer_id = gen_random_uuid() WHERE transfer_id = {posted} | {posted}
      I3   | UPDATE journal_entry SET amount_minor = amount_minor + 1 WHERE transfer_id = {posted} | {posted}
      I3   | UPDATE journal_entry SET debit_account_id = credit_account_id, credit_account_id = debit_account_id WHERE transfer_id = {posted} | {posted}
      I3   | DELETE FROM journal_entry WHERE transfer_id = {legs} AND number = 2 | {legs}
      I3   | UPDATE journal_entry SET amount_minor = amount_minor + 1 WHERE transfer_id = {legs} AND number = 2 | {legs}
      I3   | UPDATE journal_entry SET number = 3 WHERE transfer_id = {legs} AND number = 2 | {legs}
      I3   | UPDATE transfer_leg SET amount_minor = amount_minor + 1 WHERE transfer_id = {legs} AND leg = 2 | {legs}
      I3   | DELETE FROM transfer_leg WHERE transfer_id = {legs} AND leg = 2 | {legs}
      I3   | UPDATE journal_entry SET amount_minor = amount_minor + 1 WHERE transfer_id = {held} | {held}
      I3   | UPDATE journal_entry SET number = 2 WHERE transfer_id = {held} | {held}
      I3   | UPDATE journal_entry SET credit_account_id = {other} WHERE transfer_id = {held} | {held}
      I3   | UPDATE transfer SET captured_minor = captured_minor + 1 WHERE id = {held} | {held}
      I3   | UPDATE transfer SET capture_count = 2 WHERE id = {held} | {held}
      I4   | UPDATE journal_entry SET amount_minor = amount_minor + 1 WHERE transfer_id = {posted} | {a}
      I4   | UPDATE account SET credits_posted_minor = credits_posted_minor + 1, debits_posted_minor = debits_posted_minor + 1 WHERE id = {b} | {b}
      I4   | DELETE FROM journal_entry WHERE transfer_id = {posted} | {b}
      I5   | UPDATE account_line SET seq = 99 WHERE account_id = {a} AND seq = 2 | {a} line 99
      I5   | UPDATE account_line SET balance_after_minor = balance_after_minor + 1 WHERE account_id = {a} AND seq = 2 | {a} line 2
      I5   | ALTER TABLE account_line DROP CONSTRAINT account_line_shows_an_entry_once_per_side; UPDATE account_line SET side = 'CREDIT' WHERE account_id = {a} AND seq = 2 | {a} line 2
      I5   | UPDATE journal_entry SET posted_at = posted_at - interval '1 year' WHERE transfer_id = {posted} | {a} line 2
      I5b  | DELETE FROM account_line WHERE account_id = {a} AND seq = 2 | {entry}
      I5b  | UPDATE account_line SET account_id = {other} WHERE account_id = {b} | {entry}
      I5b  | UPDATE account SET line_count = line_count + 1 WHERE id = {b} | {b}
      I5c  | UPDATE journal_entry SET posted_at = posted_at + interval '1 year' WHERE transfer_id = {posted} | {entry}
      I5c  | UPDATE account SET last_posted_at = last_posted_at + interval '1 year' WHERE id = {b} | {b}
      I5c  | UPDATE transfer SET created_at = created_at + interval '1 year' WHERE id = {posted} | {posted}
      I5c  | UPDATE transfer SET finished_at = finished_at + interval '1 year' WHERE id = {posted} | {posted}
      I5c  | UPDATE command SET decided_at = decided_at + interval '1 year' WHERE id = {posted} | {posted}
      I6   | DELETE FROM transfer WHERE id = {posted} | {posted}
      I6   | UPDATE command SET outcome = 'REJECTED' WHERE id = {posted} | {posted}
      I6   | UPDATE command SET outcome = 'ACCEPTED' WHERE id = {rejected} | {rejected}
      I6   | UPDATE command SET outcome = 'REJECTED' WHERE id = {declined} | {declined}
      I6   | DELETE FROM command WHERE transfer_id = {held} | {held}
      I8   | UPDATE audit_place SET excused_until = '-infinity'; UPDATE transfer SET expires_at = now() - interval '61 seconds' WHERE id = {held} | {held}
      I8   | UPDATE audit_place SET excused_until = now() - interval '61 seconds'; UPDATE transfer SET expires_at = now() - interval '1 day' WHERE id = {pending} | {pending}
      I9   | UPDATE saga SET step = 'SCREEN' WHERE transfer_id = {posted} | {posted}
      I9   | UPDATE saga SET step = 'DONE' WHERE transfer_id = {pending} | {pending}
      I9   | DELETE FROM saga WHERE transfer_id = {pending} | {pending}
      I9   | UPDATE saga SET step = 'SCREEN' WHERE transfer_id = {held} | {held}
      I9   | UPDATE saga SET step = 'CAPTURE' WHERE transfer_id = {pending} | {pending}
      I10  | UPDATE hold SET captured_minor = captured_minor - 1 WHERE transfer_id = {held} | {held}
      I10  | UPDATE hold SET amount_minor = amount_minor + 1 WHERE transfer_id = {legs} | {legs}
      I10  | INSERT INTO hold SELECT transfer_id, {other}, 1, 0, 'HELD', held_at, NULL FROM hold WHERE transfer_id = {pending} | {pending}
      I10  | UPDATE hold SET status = 'HELD', ended_at = NULL WHERE transfer_id = {posted} | {posted}
      I10  | UPDATE hold SET status = 'VOIDED' WHERE transfer_id = {posted} | {posted}
      I10  | UPDATE hold SET captured_minor = captured_minor - 1 WHERE transfer_id = {posted} | {posted}
      I10  | UPDATE hold SET captured_minor = 1 WHERE transfer_id = {declined} | {declined}
      I10  | UPDATE hold SET status = 'EXPIRED' WHERE transfer_id = {declined} | {declined}
      I10  | UPDATE hold SET status = 'CAPTURED', ended_at = now() WHERE transfer_id = {pending} | {pending}
      I10  | DELETE FROM hold WHERE transfer_id = {posted} | {posted}
      I10  | DELETE FROM hold WHERE transfer_id = {pending} | {pending}
      I10b | UPDATE account SET debits_pending_minor = debits_pending_minor - 1 WHERE id = {a} | {a}
      I10b | UPDATE hold SET captured_minor = captured_minor + 1 WHERE transfer_id = {held} | {a}
      I10b | UPDATE hold SET amount_minor = amount_minor + 1 WHERE transfer_id = {pending} | {a}
      I10b | DELETE FROM hold WHERE transfer_id = {pending} | {a}
      I10b | UPDATE account SET debits_pending_minor = debits_pending_minor + 1 WHERE id = {second} | {second}
      I10c | UPDATE account SET credits_pending_minor = credits_pending_minor + 1 WHERE id = {b} | {b}
      I10c | UPDATE hold SET captured_minor = captured_minor + 1 WHERE transfer_id = {held} | {b}
      I11  | DELETE FROM outbox WHERE aggregate_id = {posted} AND aggregate_seq = 1 | {posted}
      I11  | DELETE FROM outbox WHERE aggregate_id = {rejected} | {rejected} | nothing
      I11  | UPDATE transfer SET event_count = event_count + 1 WHERE id = {posted} | {posted}
      I11  | DELETE FROM outbox WHERE aggregate_id = {b} AND aggregate_type = 'account-entry' | {b} line 1
      I11  | UPDATE outbox SET payload = jsonb_set(payload, '{balanceAfterMinor}', '1') WHERE aggregate_id = {b} AND aggregate_type = 'account-entry' | {b} line 1
      I11b | DELETE FROM transfer WHERE id = {posted} | {event of posted}
      I11b | UPDATE transfer SET event_count = 0 WHERE id = {posted} | {event of posted}
      I11b | DELETE FROM account_line WHERE account_id = {b} | {event of b}
      I11b | DELETE FROM account WHERE id = {other} | {event of other}
      I26  | ALTER TABLE offline_allowance DROP CONSTRAINT offline_allowance_is_never_exceeded; UPDATE offline_allowance SET used_minor = limit_minor + 1 WHERE account_id = {a} | {a}
      I26  | DELETE FROM offline_allowance WHERE account_id = {a} | {a}
      I26  | UPDATE offline_allowance SET used_minor = used_minor + 1 WHERE account_id = {a} | {a}
      I26  | UPDATE offline_allowance SET used_minor = used_minor - 1 WHERE account_id = {a} | {a}
      I26  | UPDATE transfer SET allowance_window_start = NULL WHERE debit_account_id = {a} | {a}
      I26  | UPDATE transfer SET allowance_window_start = allowance_window_start + interval '1 hour' WHERE debit_account_id = {a} | {a}
      I26b | ALTER TABLE owner_offline_allowance DROP CONSTRAINT owner_offline_allowance_is_never_exceeded; UPDATE owner_offline_allowance SET used_minor = limit_minor + 1 WHERE owner = 'alice' | alice
      I26b | UPDATE owner_offline_allowance SET used_minor = used_minor - 1 WHERE owner = 'alice' | alice
      I26b | DELETE FROM owner_offline_allowance WHERE owner = 'alice' | alice
      I27  | UPDATE transfer SET reversed_minor = reversed_minor + 1 WHERE id = {posted} | {posted}
      I27  | UPDATE transfer SET reversing_minor = 1 WHERE id = {posted} | {posted}
      I27  | UPDATE transfer SET reversal_count = reversal_count + 1 WHERE id = {posted} | {posted}
      I27  | UPDATE transfer SET amount_minor = amount_minor + 1, captured_minor = captured_minor + 1 WHERE id = {reversal} | {posted}
      I27  | ALTER TABLE transfer DROP CONSTRAINT transfer_is_never_reversed_beyond_its_capture; UPDATE transfer SET amount_minor = 200, captured_minor = 200 WHERE id = {posted} | {posted}
      I27  | UPDATE transfer_leg SET debit_account_id = {other} WHERE transfer_id = {legs back} AND leg = 2 | {legs back}
      I27  | UPDATE transfer SET debit_account_id = {other} WHERE id = {reversal} | {reversal}
      I27  | UPDATE transfer_leg SET reversed_minor = reversed_minor - 1 WHERE transfer_id = {legs} AND leg = 2 | {legs} leg 2
      I27  | UPDATE transfer_leg SET reversed_minor = reversed_minor - 1, reversing_minor = 1 WHERE transfer_id = {legs} AND leg = 1 | {legs} leg 1
      I27  | UPDATE transfer SET currency = 'USD' WHERE id = {reversal} | {reversal}
      I27  | ALTER TABLE transfer DROP CONSTRAINT transfer_that_reverses_is_not_reversed; UPDATE transfer SET reverses = {reversal}, reverses_leg = 1 WHERE id = {posted} | {posted}
      I28  | UPDATE account SET floor_minor = -100000 WHERE id = {other} | {other}
      I28  | UPDATE account SET floor_minor = -100000 WHERE id = {second} | {second}
      I28  | UPDATE account SET frozen_by_owner = 'DEBITS' WHERE id = {other} | {other}
      I28  | UPDATE account SET frozen_by_operator = 'NONE' WHERE id = {other} | {other}
      I28  | UPDATE account SET change_count = 1 WHERE id = {other} | {other}
      I28  | UPDATE account SET change_count = 1 WHERE id = {other} | {other} change 2
      I28  | UPDATE account SET change_count = 3 WHERE id = {other} | {other}
      I28  | DELETE FROM account_change WHERE account_id = {other} AND number = 1 | {other} change 2
      I28  | DELETE FROM account_change WHERE account_id = {other} AND number = 2 | {other}
      I28  | UPDATE account_change SET floor_after_minor = -7 WHERE account_id = {other} AND number = 1 | {other} change 2
      I28  | UPDATE account_change SET status_before = 'FROZEN' WHERE account_id = {other} AND number = 2 | {other} change 2
      I29  | DELETE FROM account_change WHERE account_id = {other} AND number = 2 | {freeze} | I28 {other}
      I29  | UPDATE command SET outcome = 'REJECTED', rejection = 'account-closed' WHERE id = {freeze} | {other} change 2
      I29  | UPDATE command SET account_id = {a} WHERE id = {freeze} | {other} change 2
      I29  | UPDATE account_change SET command_id = {posted} WHERE account_id = {other} AND number = 2 | {other} change 2
      I11  | DELETE FROM outbox WHERE aggregate_id = {other} AND aggregate_type = 'account' AND aggregate_seq = 2 | {other} change 2 | nothing
      I11  | UPDATE outbox SET payload = jsonb_set(payload, '{status}', '"CLOSED"') WHERE aggregate_id = {other} AND aggregate_seq = 2 | {other} change 2
      I30  | ALTER TABLE transfer DROP CONSTRAINT transfer_to_be_voided_is_never_held_or_posted; UPDATE transfer SET void_requested = true WHERE id = {posted} | {posted}
      I30  | ALTER TABLE transfer DROP CONSTRAINT transfer_to_be_voided_is_never_held_or_posted; UPDATE transfer SET void_requested = true WHERE id = {held} | {held}
      I30  | INSERT INTO command SELECT gen_random_uuid(), 'void-transfer', fingerprint, 'ACCEPTED', decided_at, {posted} FROM command WHERE id = {posted} | {posted}
      I31  | INSERT INTO review_decision VALUES ({posted}, 'REJECT', 'x', 'x', '2026-01-01T00:00:00Z') | {posted}
      I31  | INSERT INTO review_decision VALUES ({pending}, 'APPROVE', 'x', 'x', '2026-01-01T00:00:00Z'); UPDATE transfer SET status = 'EXPIRED', finished_at = now() WHERE id = {pending} | {pending}
      """;

  /// Each table, and which of its rows are of `someBooks`; what the books refer to comes first.
  private static final String BOOKS =
      """
      account           | opened_at >= :since
      command           | decided_at >= :since
      transfer          | created_at >= :since
      transfer_leg      | transfer_id IN (SELECT id FROM transfer WHERE created_at >= :since)
      hold              | held_at >= :since
      saga              | transfer_id IN (SELECT id FROM transfer WHERE created_at >= :since)
      journal_entry     | posted_at >= :since
      account_line      | entry_id IN (SELECT id FROM journal_entry WHERE posted_at >= :since)
      outbox            | position > :position
      account_change    | account_id IN (SELECT id FROM account WHERE opened_at >= :since)
      offline_allowance | account_id IN (SELECT id FROM account WHERE opened_at >= :since)
      """;

  @Autowired private Checks checks;

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

  /// The continuous auditor, shown the events since before those books, sees the same; but for what
  /// no event leads to.
  @Test
  void theContinuousAuditorSeesItInWhatIsNew() throws SQLException {
    try (Connection superuser = Postgres.superuser("ledger");
        Statement statement = superuser.createStatement()) {
      superuser.setAutoCommit(false);
      assertThat(newViolations(superuser).values()).allMatch(List::isEmpty).hasSizeGreaterThan(10);
      for (Control control : CONTROLS.lines().map(Control::of).toList()) {
        statement.execute("SET LOCAL session_replication_role = replica");
        statement.execute(named(control.spoil(), "'"));

        Map<String, List<String>> violations = newViolations(superuser);

        if (control.newCheck().isEmpty()) {
          assertThat(violations.values()).as(control.toString()).allMatch(List::isEmpty);
        } else {
          assertThat(violations.get(control.newCheck()))
              .as(control.toString())
              .contains(named(control.newNamed(), ""));
        }
        superuser.rollback();
      }
    }
  }

  /// So does a round of the rolling audit, in steps of few rows, without events. It goes through
  /// these books alone: through those of all the tests before, a hundred rounds take minutes.
  @Test
  void rollingAuditSeesTheBooksSpoilt() throws SQLException {
    try (Connection superuser = Postgres.superuser("ledger");
        Statement statement = superuser.createStatement()) {
      superuser.setAutoCommit(false);
      statement.execute("SET LOCAL session_replication_role = replica");
      keepTheseBooksAlone(statement);
      Savepoint theseBooks = superuser.setSavepoint();
      JdbcClient sql = JdbcClient.create(new SingleConnectionDataSource(superuser, true));
      RollingAudit audit = RoundOf.audit(checks, sql, clock, 50);
      for (Control control : CONTROLS.lines().map(Control::of).toList()) {
        statement.execute(named(control.spoil(), "'"));
        boolean isOfTheWhole = control.check().equals("I2");

        RoundOf.run(audit, sql);

        assertThat(
                AuditProgress.findings(sql)
                    .get(isOfTheWhole ? control.newCheck() : control.check()))
            .as(control.toString())
            .contains(named(isOfTheWhole ? control.newNamed() : control.named(), ""));
        superuser.rollback(theseBooks);
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

  /// Until the transaction is rolled back.
  private void keepTheseBooksAlone(Statement statement) throws SQLException {
    List<String[]> tables = BOOKS.lines().map(line -> line.split(" +\\| ", 2)).toList();
    for (String[] table : tables) {
      statement.execute(
          "CREATE TEMP TABLE kept_%s ON COMMIT DROP AS SELECT * FROM %s WHERE %s"
              .formatted(
                  table[0],
                  table[0],
                  table[1]
                      .replace(":since", "'" + booksBegin + "'")
                      .replace(":position", String.valueOf(positionBefore))));
    }
    statement.execute(
        "TRUNCATE audit_finding, audit_account, "
            + tables.stream().map(table -> table[0]).collect(Collectors.joining(", "))
            + " CASCADE");
    for (String[] table : tables) {
      String columns =
          value(
              String.class,
              "SELECT string_agg(column_name, ', ') FROM information_schema.columns"
                  + " WHERE table_schema = 'public' AND table_name = ? AND is_generated = 'NEVER'",
              table[0]);
      statement.execute(
          "INSERT INTO %1$s (%2$s) OVERRIDING SYSTEM VALUE SELECT %2$s FROM kept_%1$s"
              .formatted(table[0], columns));
    }
  }

  private Map<String, List<String>> newViolations(Connection connection) {
    JdbcClient sql = JdbcClient.create(new SingleConnectionDataSource(connection, true));
    return checks.run(sql, NewEvents.next(sql, positionBefore, newestPosition(), 1_000).seen());
  }

  private List<String> violations(Statement statement, String check) throws SQLException {
    List<String> violations = new ArrayList<>();
    try (var row =
        statement.executeQuery(checks.query(check).replace(":now", "'" + clock.instant() + "'"))) {
      while (row.next()) {
        violations.add(row.getString(1));
      }
    }
    return violations;
  }

  /// @param newCheck the check by which the continuous auditor sees it; empty if it does not
  private record Control(
      String check, String spoil, String named, String newCheck, String newNamed) {
    static Control of(String line) {
      String[] cells = line.trim().split("\\s*\\|\\s*");
      if (cells.length == 3) {
        return new Control(cells[0], cells[1], cells[2], cells[0], cells[2]);
      }
      String[] seen = cells[3].equals("nothing") ? new String[] {"", ""} : cells[3].split(" ", 2);
      return new Control(cells[0], cells[1], cells[2], seen[0], seen[1]);
    }
  }
}
