package dev.payledger.ledger.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.payledger.ledger.audit.AuditedBooks;
import dev.payledger.testkit.Postgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.groups.Tuple;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

/// Books that were written before captures and legs are right after the migration.
class MigrationIT {
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

  @Test
  void booksOfVersionFourAreRightAfterwards() throws SQLException {
    try (ScratchDatabase database = new ScratchDatabase("migration")) {
      Flyway.configure()
          .dataSource(database.url(), "ledger_owner", "ledger-owner-demo")
          .target("4")
          .load()
          .migrate();
      database.superuser(BOOKS);

      database.migrate();

      assertThat(AuditedBooks.violations(database.url())).isEmpty();
      List<Tuple> transfers = new ArrayList<>();
      try (Connection connection = Postgres.superuser(database.name());
          Statement statement = connection.createStatement();
          var row =
              statement.executeQuery(
                  "SELECT status, captured_minor, leg_count FROM transfer ORDER BY id")) {
        while (row.next()) {
          transfers.add(tuple(row.getString(1), row.getLong(2), row.getInt(3)));
        }
      }
      assertThat(transfers)
          .containsExactly(
              tuple("POSTED", 100L, 1), tuple("PENDING", 0L, 1), tuple("REJECTED", 0L, 1));
    }
  }

  /// Whose a freeze was is kept as far as it is known; the trail begins with what is there.
  @Test
  void freezesOfVersionEightBelongToWhoFroze() throws SQLException {
    try (ScratchDatabase database = new ScratchDatabase("migration_freezes")) {
      Flyway.configure()
          .dataSource(database.url(), "ledger_owner", "ledger-owner-demo")
          .target("8")
          .load()
          .migrate();
      database.superuser(
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
          """);

      database.migrate();

      assertThat(AuditedBooks.violations(database.url())).isEmpty();
      List<String> accounts = new ArrayList<>();
      try (Connection connection = Postgres.superuser(database.name());
          Statement statement = connection.createStatement();
          var row =
              statement.executeQuery(
                  """
                  SELECT concat_ws(' ', name, status, frozen_by_owner, frozen_by_operator,
                    (SELECT count(*) FROM account_change c WHERE c.account_id = a.id))
                  FROM account a WHERE kind = 'CUSTOMER' ORDER BY name
                  """)) {
        while (row.next()) {
          accounts.add(row.getString(1));
        }
      }
      assertThat(accounts)
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
}
