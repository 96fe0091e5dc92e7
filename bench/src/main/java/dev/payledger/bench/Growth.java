package dev.payledger.bench;

import dev.payledger.bench.contender.Accounts;
import dev.payledger.bench.server.BenchServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/// Gives an empty ledger a past of so many posted transfers, in bulk: every row that the journal would
/// have written but for the outbox, whose events are read once and have no part in a later command.
/// Transfer n debits account n and credits account n + 1, in turn around the ring, so that sequences
/// and balances follow from n alone.
final class Growth {
  private static final int CHUNK = 250_000;

  private static final String NUMBERED =
      """
      CREATE TEMP TABLE ring AS
        SELECT (row_number() OVER () - 1)::int AS place, id FROM unnest(?) AS a (id);
      CREATE UNIQUE INDEX ON ring (place)
      """;

  private Growth() {}

  /// @param entries a multiple of the number of accounts
  static void grow(BenchServer server, String database, Accounts accounts, int entries)
      throws SQLException {
    int ring = accounts.ids().size();
    try (Connection connection = server.superuser(database);
        Statement statement = connection.createStatement()) {
      // Foreign keys are not looked up for rows that are right by construction.
      statement.execute("SET session_replication_role = replica");
      try (PreparedStatement numbered = connection.prepareStatement(NUMBERED)) {
        numbered.setArray(1, connection.createArrayOf("uuid", accounts.ids().toArray()));
        numbered.execute();
      }
      for (int from = 0; from < entries; from += CHUNK) {
        int to = Math.min(from + CHUNK, entries) - 1;
        statement.execute(chunk(ring, from, to));
      }
      statement.execute(counters(entries, ring));
      statement.execute("VACUUM ANALYZE");
      statement.execute("CHECKPOINT");
    }
  }

  private static String chunk(int ring, int from, int to) {
    return """
      CREATE TEMP TABLE chunk AS
        SELECT n, md5('transfer ' || n)::uuid AS id, md5('entry ' || n)::uuid AS entry,
          d.id AS debit, c.id AS credit, n / %1$d AS lap, n %% %1$d AS place,
          '2026-01-02T00:00:00Z'::timestamptz + n * interval '1 microsecond' AS at
        FROM generate_series(%2$d, %3$d) AS s (n)
        JOIN ring d ON d.place = n %% %1$d JOIN ring c ON c.place = (n + 1) %% %1$d;
      INSERT INTO command (id, operation, fingerprint, outcome, decided_at)
        SELECT id, 'create-transfer', sha256(id::text::bytea), 'ACCEPTED', at FROM chunk;
      INSERT INTO transfer (id, initiator, by_operator, status, screening, debit_account_id,
          credit_account_id, amount_minor, captured_minor, currency, reference, event_count,
          created_at, expires_at, finished_at)
        SELECT id, 'bench', false, 'POSTED', 'APPROVED', debit, credit, 1, 1, 'EUR', 'bench', 2, at,
          at, at FROM chunk;
      INSERT INTO hold (transfer_id, account_id, amount_minor, captured_minor, status, held_at,
          ended_at)
        SELECT id, debit, 1, 1, 'CAPTURED', at, at FROM chunk;
      INSERT INTO saga (transfer_id, step, owner, epoch, due_at)
        SELECT id, 'DONE', 'bench', 1, at FROM chunk;
      INSERT INTO journal_entry (id, transfer_id, debit_account_id, credit_account_id,
          amount_minor, currency, posted_at)
        SELECT entry, id, debit, credit, 1, 'EUR', at FROM chunk;
      -- In each lap account 0 is debited first and credited last; the others are credited first.
      INSERT INTO account_line (account_id, seq, entry_id, side, balance_after_minor)
        SELECT debit, 2 * lap + CASE place WHEN 0 THEN 1 ELSE 2 END, entry, 'DEBIT',
          CASE place WHEN 0 THEN -1 ELSE 0 END FROM chunk
        UNION ALL
        SELECT credit, 2 * lap + CASE place WHEN %1$d - 1 THEN 2 ELSE 1 END, entry, 'CREDIT',
          CASE place WHEN %1$d - 1 THEN 0 ELSE 1 END FROM chunk;
      DROP TABLE chunk
      """
        .formatted(ring, from, to);
  }

  private static String counters(int entries, int ring) {
    return """
      UPDATE account SET credits_posted_minor = %1$d, debits_posted_minor = %1$d,
        line_count = 2 * %1$d, version = 4 * %1$d,
        last_posted_at = '2026-01-02T00:00:00Z'::timestamptz + %2$d * interval '1 microsecond'
      WHERE id IN (SELECT id FROM ring)
      """
        .formatted(entries / ring, entries);
  }
}
