package dev.payledger.ledger.journal;

import static dev.payledger.ledger.journal.JournalInstance.LONG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.ledger.audit.AuditedBooks;
import dev.payledger.ledger.command.Fingerprint;
import dev.payledger.ledger.command.JournalCommand;
import dev.payledger.ledger.command.JournalCommand.CaptureHold;
import dev.payledger.ledger.command.JournalCommand.ChangeOutcome;
import dev.payledger.ledger.command.JournalCommand.HoldFunds;
import dev.payledger.ledger.command.JournalCommand.HoldOutcome;
import dev.payledger.ledger.command.JournalCommand.StartCompensation;
import dev.payledger.ledger.command.JournalCommand.StepOutcome;
import dev.payledger.ledger.command.JournalCommand.VoidHold;
import dev.payledger.ledger.command.JournalCommand.VoidTransfer;
import dev.payledger.ledger.money.Leg;
import dev.payledger.ledger.money.RejectionReason;
import dev.payledger.testkit.Postgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

/// Books that an older version wrote are right after the migrations.
class MigrationIT {
  private static final Fingerprint SOME = Fingerprint.of(List.of());

  /// One transfer of each kind as version 4 wrote them: 100 from the ledger's own account to alice, posted;
  /// 30 back, pending; 999, rejected.
  private static final String BOOKS =
      """
      INSERT INTO account (id, owner, name, currency, opened_at) VALUES
        ('a0000000-0000-7000-8000-000000000001', 'alice', 'x', 'EUR', now());
      INSERT INTO command (id, operation, fingerprint, outcome, decided_at)
        SELECT ('c0000000-0000-8000-8000-00000000000' || n)::uuid, 'create-transfer', sha256('x'),
          CASE n WHEN 3 THEN 'REJECTED' ELSE 'ACCEPTED' END, now() FROM generate_series(1, 3) n;
      INSERT INTO transfer (id, initiator, by_operator, status, rejection, screening,
          debit_account_id, credit_account_id, amount_minor, currency, event_count, created_at,
          expires_at, finished_at) VALUES
        ('c0000000-0000-8000-8000-000000000001', 'operator', true, 'POSTED', NULL, 'APPROVED',
          'e0000000-0000-7000-8000-000000000978', 'a0000000-0000-7000-8000-000000000001', 100, 'EUR',
          2, now(), now(), now()),
        ('c0000000-0000-8000-8000-000000000002', 'operator', true, 'PENDING', NULL, 'PENDING',
          'a0000000-0000-7000-8000-000000000001', 'e0000000-0000-7000-8000-000000000978', 30, 'EUR',
          1, now(), now() + interval '1 hour', NULL),
        ('c0000000-0000-8000-8000-000000000003', 'operator', true, 'REJECTED', 'insufficient-funds',
          'PENDING', 'a0000000-0000-7000-8000-000000000001',
          'e0000000-0000-7000-8000-000000000978', 999, 'EUR', 1, now(), now(), now());
      INSERT INTO hold VALUES
        ('c0000000-0000-8000-8000-000000000001', 'e0000000-0000-7000-8000-000000000978', 100, 100,
          'CAPTURED', now(), now()),
        ('c0000000-0000-8000-8000-000000000002', 'a0000000-0000-7000-8000-000000000001', 30, 0,
          'HELD', now(), NULL);
      INSERT INTO journal_entry VALUES
        ('d0000000-0000-8000-8000-000000000001', 'c0000000-0000-8000-8000-000000000001', 1,
          'e0000000-0000-7000-8000-000000000978', 'a0000000-0000-7000-8000-000000000001', 100, 'EUR',
          now());
      INSERT INTO account_line VALUES
        ('e0000000-0000-7000-8000-000000000978', 1, 'd0000000-0000-8000-8000-000000000001', 'DEBIT',
          -100),
        ('a0000000-0000-7000-8000-000000000001', 1, 'd0000000-0000-8000-8000-000000000001', 'CREDIT',
          100);
      UPDATE account SET debits_posted_minor = 100, credits_pending_minor = 30, line_count = 1
        WHERE id = 'e0000000-0000-7000-8000-000000000978';
      UPDATE account SET credits_posted_minor = 100, debits_pending_minor = 30, line_count = 1
        WHERE id = 'a0000000-0000-7000-8000-000000000001';
      INSERT INTO saga (transfer_id, step, owner, epoch, due_at) VALUES
        ('c0000000-0000-8000-8000-000000000001', 'DONE', 'x', 1, now()),
        ('c0000000-0000-8000-8000-000000000002', 'SCREEN', 'x', 1, now());
      INSERT INTO outbox (id, aggregate_type, aggregate_id, aggregate_seq, type, version, payload,
          created_at)
        SELECT gen_random_uuid(), kind, id::uuid, seq, 'x', 1,
          jsonb_build_object('balanceAfterMinor', balance), now()
        FROM (VALUES
          ('transfer', 'c0000000-0000-8000-8000-000000000001', 1, 0),
          ('transfer', 'c0000000-0000-8000-8000-000000000001', 2, 0),
          ('transfer', 'c0000000-0000-8000-8000-000000000002', 1, 0),
          ('transfer', 'c0000000-0000-8000-8000-000000000003', 1, 0),
          ('account-entry', 'e0000000-0000-7000-8000-000000000978', 1, -100),
          ('account-entry', 'a0000000-0000-7000-8000-000000000001', 1, 100),
          ('account', 'a0000000-0000-7000-8000-000000000001', 0, 0)) AS e (kind, id, seq, balance);
      """;

  /// Books as version 8 wrote them, in `{a}` and `{b}`, two accounts of alice's, and `{m}`, bob's. Transfer 1
  /// and 2 fund alice's. 3 is held and 4 is posted, both after 150 captures; 4 was reversed 101 times and
  /// the reversal 7 is pending. 5 was rejected with funds held; 6 and 8 without. Some passed unscreened.
  private static final String BOOKS_WITHOUT_BOUNDS =
      """
      CREATE TEMP TABLE was AS SELECT
          ('c0000000-0000-8000-8000-' || lpad(n::text, 12, '0'))::uuid AS id, n, debit, credit, minor,
          captures, status, rejection, screening, reverses, legs
        FROM (VALUES
          (1, {external}, {a}, 1000, 0, 'POSTED', NULL, 'SKIPPED', NULL, 1),
          (2, {external}, {b}, 1000, 0, 'POSTED', NULL, 'APPROVED', NULL, 1),
          (3, {a}, {m}, 200, 150, 'HELD', NULL, 'SKIPPED', NULL, 1),
          (4, {b}, {m}, 150, 150, 'POSTED', NULL, 'SKIPPED', NULL, 1),
          (5, {a}, {m}, 10, 0, 'REJECTED', 'fraud-declined', 'DECLINED', NULL, 1),
          (6, {a}, {m}, 9999, 0, 'REJECTED', 'insufficient-funds', 'PENDING', NULL, 2),
          (7, {m}, {b}, 1, 0, 'PENDING', NULL, 'PENDING', {reversed}, 1),
          (8, {m}, {b}, 1, 0, 'REJECTED', 'insufficient-funds', 'PENDING', {reversed}, 1))
          AS t (n, debit, credit, minor, captures, status, rejection, screening, reverses, legs)
        UNION ALL
        SELECT ('c0000000-0000-8000-8000-' || lpad(n::text, 12, '0'))::uuid, n, {m}, {b}, 1, 0,
          'POSTED', NULL,
          CASE WHEN n > 110 THEN 'APPROVED' ELSE 'SKIPPED' END, {reversed}, 1
        FROM generate_series(101, 201) n;
      ALTER TABLE was ADD COLUMN held boolean;
      UPDATE was SET held = n NOT IN (6, 8);
      CREATE TEMP TABLE moved AS SELECT
          ('d0000000-0000-8000-8000-' || lpad((n * 1000 + number)::text, 12, '0'))::uuid AS id,
          was.id AS transfer_id, number, debit, credit,
          CASE captures WHEN 0 THEN minor ELSE 1 END AS minor, n * 1000 + number AS position
        FROM was, generate_series(1, greatest(1, captures)) number
        WHERE status IN ('HELD', 'POSTED');

      INSERT INTO account (id, owner, name, currency, opened_at) VALUES
        ({a}, 'alice', 'x', 'EUR', now()), ({b}, 'alice', 'x', 'EUR', now()),
        ({m}, 'bob', 'x', 'EUR', now());
      INSERT INTO command (id, operation, fingerprint, outcome, decided_at)
        SELECT id, 'create-transfer', sha256('x'), CASE WHEN held THEN 'ACCEPTED' ELSE 'REJECTED' END,
          now() FROM was;
      INSERT INTO transfer (id, initiator, by_operator, status, rejection, screening,
          debit_account_id, credit_account_id, amount_minor, currency, event_count, created_at,
          expires_at, finished_at, reverses, leg_count, capture_within_s, capture_count,
          captured_minor, reference)
        SELECT w.id, 'x', false, status, rejection, screening, debit, credit, w.minor, 'EUR',
          CASE n WHEN 5 THEN 2 ELSE 1 END, now(), now() + interval '1 hour',
          CASE WHEN status NOT IN ('PENDING', 'HELD') THEN now() END, reverses, legs,
          CASE WHEN captures > 0 THEN 3600 END, captures,
          coalesce((SELECT sum(minor) FROM moved m WHERE m.transfer_id = w.id), 0),
          CASE n WHEN 6 THEN 'rent' END
        FROM was w;
      UPDATE transfer SET reversed_minor = 101, reversing_minor = 1 WHERE id = {reversed};
      INSERT INTO command (id, operation, fingerprint, outcome, decided_at, transfer_id)
        SELECT gen_random_uuid(), 'capture-transfer', sha256('x'), 'ACCEPTED', now(), id
        FROM was, generate_series(1, captures);
      INSERT INTO transfer_leg SELECT id, leg, debit, credit, 4999 + leg % 2, now()
        FROM was, generate_series(1, 2) leg WHERE legs = 2;
      INSERT INTO hold SELECT id, debit, amount_minor, captured_minor,
          CASE status WHEN 'POSTED' THEN 'CAPTURED' WHEN 'REJECTED' THEN 'VOIDED' ELSE 'HELD' END,
          now(), finished_at
        FROM was JOIN transfer USING (id, status) WHERE held;
      INSERT INTO saga (transfer_id, step, owner, epoch, due_at) SELECT id,
          CASE status WHEN 'HELD' THEN 'CAPTURE' WHEN 'PENDING' THEN 'SCREEN' ELSE 'DONE' END, 'x', 1,
          now() + interval '1 hour'
        FROM was WHERE held;
      INSERT INTO journal_entry SELECT id, transfer_id, number, debit, credit, minor, 'EUR', now()
        FROM moved;
      INSERT INTO account_line SELECT account_id,
          row_number() OVER (PARTITION BY account_id ORDER BY position), id, side,
          sum(minor) OVER (PARTITION BY account_id ORDER BY position)
        FROM (SELECT id, position, debit AS account_id, 'DEBIT' AS side, -minor AS minor FROM moved
          UNION ALL SELECT id, position, credit, 'CREDIT', minor FROM moved) both_sides;
      UPDATE account a SET
        credits_posted_minor = (SELECT coalesce(sum(minor), 0) FROM moved WHERE credit = a.id),
        debits_posted_minor = (SELECT coalesce(sum(minor), 0) FROM moved WHERE debit = a.id),
        line_count = (SELECT count(*) FROM account_line l WHERE l.account_id = a.id),
        debits_pending_minor = (SELECT coalesce(sum(amount_minor - captured_minor), 0)
          FROM transfer WHERE status IN ('PENDING', 'HELD') AND debit_account_id = a.id),
        credits_pending_minor = (SELECT coalesce(sum(amount_minor - captured_minor), 0)
          FROM transfer WHERE status IN ('PENDING', 'HELD') AND credit_account_id = a.id);
      INSERT INTO outbox (id, aggregate_type, aggregate_id, aggregate_seq, type, version, payload,
          created_at)
        SELECT gen_random_uuid(), kind, id, seq, 'x', 1,
          jsonb_build_object('balanceAfterMinor', balance), now()
        FROM (SELECT 'transfer' AS kind, id, generate_series(1, event_count) AS seq, 0 AS balance
            FROM transfer
          UNION ALL SELECT 'account-entry', account_id, seq, balance_after_minor FROM account_line
          UNION ALL SELECT 'account', id, 0, 0 FROM account WHERE kind = 'CUSTOMER') e;
      INSERT INTO offline_allowance VALUES
        ({external}, '2026-11-23T10:00Z', 1000, 5000), ({a}, '2026-11-23T10:00Z', 200, 300),
        ({b}, '2026-11-23T10:00Z', 150, 400), ({m}, '2026-11-23T10:00Z', 3, 20),
        ({m}, '2026-11-23T11:00Z', 7, 30);
      """
          .replace("{external}", "'e0000000-0000-7000-8000-000000000978'::uuid")
          .replace("{a}", "'a0000000-0000-7000-8000-000000000001'::uuid")
          .replace("{b}", "'a0000000-0000-7000-8000-000000000002'::uuid")
          .replace("{m}", "'b0000000-0000-7000-8000-000000000001'::uuid")
          .replace("{reversed}", "'c0000000-0000-8000-8000-000000000004'::uuid");

  @Test
  void booksOfVersionFourAreRightAfterwards() throws SQLException {
    try (ScratchDatabase database = migratedFrom("4", "migration", BOOKS)) {
      assertThat(AuditedBooks.violations(database.url())).isEmpty();
      assertThat(
              rows(
                  database,
                  "SELECT concat_ws(' ', status, captured_minor, leg_count) FROM transfer ORDER BY id"))
          .containsExactly("POSTED 100 1", "PENDING 0 1", "REJECTED 0 1");
    }
  }

  /// Whose a freeze was is kept as far as it is known; the trail begins with what is there.
  @Test
  void freezesOfVersionEightBelongToWhoFroze() throws SQLException {
    String books =
        """
        INSERT INTO account (id, owner, name, currency, status, frozen_by_operator, floor_minor,
            opened_at)
          SELECT gen_random_uuid(), 'alice', name, 'EUR', status, by_operator, floor, now()
          FROM (VALUES ('1', 'OPEN', false, 0), ('2', 'DEBITS_FROZEN', false, 0),
            ('3', 'DEBITS_FROZEN', true, 0), ('4', 'CREDITS_FROZEN', true, 0),
            ('5', 'FROZEN', true, 0), ('6', 'FROZEN', false, 0), ('7', 'CLOSED', false, 0),
            ('8', 'OPEN', false, -50)) AS a (name, status, by_operator, floor);
        INSERT INTO outbox (id, aggregate_type, aggregate_id, aggregate_seq, type, version,
            payload, created_at)
          SELECT gen_random_uuid(), 'account', id, 0, 'AccountOpened', 1, '{}', now()
          FROM account WHERE kind = 'CUSTOMER'
        """;
    try (ScratchDatabase database = migratedFrom("8", "migration_freezes", books)) {
      assertThat(AuditedBooks.violations(database.url())).isEmpty();
      assertThat(
              rows(
                  database,
                  """
                  SELECT concat_ws(' ', name, status, frozen_by_owner, frozen_by_operator,
                    (SELECT count(*) FROM account_change c WHERE c.account_id = a.id))
                  FROM account a WHERE kind = 'CUSTOMER' ORDER BY name
                  """))
          .containsExactly(
              "1 OPEN NONE NONE 0",
              "2 DEBITS_FROZEN DEBITS NONE 1",
              "3 DEBITS_FROZEN NONE DEBITS 1",
              "4 CREDITS_FROZEN NONE CREDITS 1",
              "5 FROZEN NONE BOTH 1",
              "6 FROZEN NONE BOTH 1",
              "7 CLOSED NONE NONE 1",
              "8 OPEN NONE NONE 1");
    }
  }

  @Test
  void offlineAllowancesOfVersionEightAreSummedUpPerOwner() throws SQLException {
    try (ScratchDatabase database =
        migratedFrom("8", "migration_allowances", BOOKS_WITHOUT_BOUNDS)) {
      assertThat(AuditedBooks.violations(database.url())).isEmpty();
      assertThat(
              rows(
                  database,
                  """
                  SELECT concat_ws(' ', owner, extract(hour FROM window_start AT TIME ZONE 'UTC'),
                    used_minor, limit_minor)
                  FROM owner_offline_allowance ORDER BY owner, window_start
                  """))
          .containsExactly("alice 10 350 700", "bob 10 3 20", "bob 11 7 30");
    }
  }

  @Test
  void attemptsOfVersionEightAreMarkedAsRefused() throws SQLException {
    try (ScratchDatabase database = migratedFrom("8", "migration_refused", BOOKS_WITHOUT_BOUNDS)) {
      assertThat(rows(database, "SELECT id FROM transfer WHERE refused ORDER BY id"))
          .containsExactly(transfer(6).toString(), transfer(8).toString());
      assertThat(rows(database, "SELECT transfer_id FROM transfer_leg WHERE refused"))
          .containsExactly(transfer(6).toString(), transfer(6).toString());
    }
  }

  @Test
  void migrationCopiesReferenceToLegs() throws SQLException {
    try (ScratchDatabase database =
        migratedFrom("8", "migration_reference", BOOKS_WITHOUT_BOUNDS)) {
      assertThat(rows(database, "SELECT transfer_id || ' ' || reference FROM transfer_leg"))
          .containsExactly(transfer(6) + " rent", transfer(6) + " rent");
    }
  }

  /// They have more captures and reversals than anybody may have by now: they take no more, and end.
  @Test
  void transfersBeyondTheBoundsOfVersionThirteenStillEnd() throws SQLException {
    String counts =
        """
        SELECT concat_ws(' ', status, capture_count, captures_max, reversal_count, reversals_max)
        FROM transfer WHERE capture_within_s IS NOT NULL ORDER BY id
        """;
    try (ScratchDatabase database = migratedFrom("8", "migration_bounds", BOOKS_WITHOUT_BOUNDS);
        JournalInstance ledger = new JournalInstance(database.url())) {
      assertThat(rows(database, counts))
          .containsExactly("HELD 150 150 0 100", "POSTED 150 150 102 102");

      assertThat(
              ledger.journal.submit(
                  new CaptureHold(UUID.randomUUID(), SOME, transfer(3), 1L, false), LONG))
          .isEqualTo(new ChangeOutcome.Rejected(RejectionReason.CAPTURE_COUNT_LIMIT));
      assertThat(
              ledger.journal.submit(new VoidTransfer(UUID.randomUUID(), SOME, transfer(3)), LONG))
          .isEqualTo(new ChangeOutcome.Accepted());
      assertThat(ledger.journal.submit(reversal(), LONG))
          .isInstanceOfSatisfying(
              HoldOutcome.Rejected.class,
              rejected ->
                  assertThat(rejected.reason()).isEqualTo(RejectionReason.REVERSAL_COUNT_LIMIT));
      assertThat(
              ledger.journal.submit(
                  new StartCompensation(transfer(7), 1, RejectionReason.FRAUD_DECLINED), LONG))
          .isEqualTo(new StepOutcome.Applied());
      assertThat(ledger.journal.submit(new VoidHold(transfer(7), 1, false), LONG))
          .isEqualTo(new StepOutcome.Applied());

      assertThat(rows(database, counts))
          .containsExactly("VOIDED 150 150 0 100", "POSTED 150 150 101 102");
      assertThat(AuditedBooks.violations(database.url())).isEmpty();
    }
  }

  /// Of one cent of transfer 4.
  private static HoldFunds reversal() {
    return new HoldFunds(
        UUID.randomUUID(),
        SOME,
        "bob",
        false,
        List.of(
            new Leg(
                UUID.fromString("b0000000-0000-7000-8000-000000000001"),
                UUID.fromString("a0000000-0000-7000-8000-000000000002"),
                1)),
        "EUR",
        null,
        new JournalCommand.Reversal(transfer(4), List.of(new JournalCommand.ReversedLeg(1, false))),
        null,
        Map.of(),
        null,
        "x",
        LONG,
        LONG);
  }

  private static UUID transfer(int number) {
    return UUID.fromString("c0000000-0000-8000-8000-%012d".formatted(number));
  }

  private static ScratchDatabase migratedFrom(String version, String name, String books) {
    ScratchDatabase database = new ScratchDatabase(name);
    Flyway.configure()
        .dataSource(database.url(), "ledger_owner", "ledger-owner-demo")
        .target(version)
        .load()
        .migrate();
    database.superuser(books);
    database.migrate();
    return database;
  }

  private static List<String> rows(ScratchDatabase database, String sql) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection = Postgres.superuser(database.name());
        Statement statement = connection.createStatement();
        var row = statement.executeQuery(sql)) {
      while (row.next()) {
        rows.add(row.getString(1));
      }
    }
    return rows;
  }
}
