package dev.payledger.bench.contender;

import dev.payledger.bench.contender.Accounts.Pair;
import dev.payledger.contracts.AccountEntryEvent;
import dev.payledger.contracts.TransferEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.json.JsonMapper;

/// The journal's two commands by hand, each within the transaction of its caller. As fast as plain
/// JDBC makes it: prepared statements, and all writes of a command sent together, so that a hold takes
/// three round trips and a post four, with their commits.
record RawSql(
    Connection connection,
    Clock clock,
    JsonMapper json,
    PreparedStatement lockAccounts,
    PreparedStatement writeHold,
    PreparedStatement lockTransfer,
    PreparedStatement writePost)
    implements AutoCloseable {

  private static final String LOCK_ACCOUNTS =
      """
      SELECT id, currency, status,
        credits_posted_minor - debits_posted_minor AS balance_minor,
        credits_posted_minor - debits_posted_minor - debits_pending_minor - floor_minor AS free_minor,
        line_count, last_posted_at
      FROM account WHERE id IN (?, ?) ORDER BY id FOR NO KEY UPDATE
      """;

  private static final String WRITE_HOLD =
      """
      INSERT INTO command (id, operation, fingerprint, outcome, decided_at)
        VALUES (?, 'create-transfer', ?, 'ACCEPTED', ?);
      INSERT INTO transfer (id, initiator, by_operator, status, debit_account_id,
          credit_account_id, amount_minor, currency, reference, metadata, event_count, created_at,
          expires_at)
        VALUES (?, 'bench', false, 'PENDING', ?, ?, ?, ?, 'bench', '{}', 1, ?, ?);
      INSERT INTO hold (transfer_id, account_id, amount_minor, held_at) VALUES (?, ?, ?, ?);
      INSERT INTO saga (transfer_id, step, owner, epoch, due_at)
        VALUES (?, 'SCREEN', 'bench', 1, ?);
      UPDATE account SET debits_pending_minor = debits_pending_minor + ?, version = version + 1
        WHERE id = ?;
      UPDATE account SET credits_pending_minor = credits_pending_minor + ?, version = version + 1
        WHERE id = ?;
      INSERT INTO outbox (id, aggregate_type, aggregate_id, aggregate_seq, type, version, payload,
          created_at)
        VALUES (?, 'transfer', ?, 1, 'TransferHeld', 1, CAST(? AS jsonb), ?)
      """;

  private static final String LOCK_TRANSFER =
      """
      SELECT t.debit_account_id, t.credit_account_id, t.amount_minor, t.currency
      FROM transfer t JOIN saga s ON s.transfer_id = t.id JOIN hold h ON h.transfer_id = t.id
      WHERE t.id = ? AND t.status = 'PENDING' AND s.step = 'SCREEN' AND s.epoch = 1
        AND h.status = 'HELD'
      FOR UPDATE
      """;

  private static final String WRITE_POST =
      """
      INSERT INTO journal_entry (id, transfer_id, debit_account_id, credit_account_id,
          amount_minor, currency, posted_at)
        VALUES (?, ?, ?, ?, ?, ?, ?);
      INSERT INTO account_line (account_id, seq, entry_id, side, balance_after_minor)
        VALUES (?, ?, ?, 'DEBIT', ?), (?, ?, ?, 'CREDIT', ?);
      UPDATE account SET debits_posted_minor = debits_posted_minor + ?,
          debits_pending_minor = debits_pending_minor - ?, line_count = line_count + 1,
          version = version + 1, last_posted_at = ?
        WHERE id = ?;
      UPDATE account SET credits_posted_minor = credits_posted_minor + ?,
          credits_pending_minor = credits_pending_minor - ?, line_count = line_count + 1,
          version = version + 1, last_posted_at = ?
        WHERE id = ?;
      UPDATE saga SET step = 'DONE' WHERE transfer_id = ?;
      UPDATE hold SET status = 'CAPTURED', captured_minor = ?, ended_at = ?
        WHERE transfer_id = ? AND account_id = ?;
      UPDATE transfer SET status = 'POSTED', screening = 'APPROVED',
          captured_minor = amount_minor, event_count = 2, finished_at = ?
        WHERE id = ?;
      INSERT INTO outbox (id, aggregate_type, aggregate_id, aggregate_seq, type, version, payload,
          created_at)
        VALUES (?, 'account-entry', ?, ?, 'AccountDebited', 1, CAST(? AS jsonb), ?),
          (?, 'account-entry', ?, ?, 'AccountCredited', 1, CAST(? AS jsonb), ?),
          (?, 'transfer', ?, 2, 'TransferPosted', 1, CAST(? AS jsonb), ?)
      """;

  RawSql(Connection connection, Clock clock) throws SQLException {
    this(
        connection,
        clock,
        JsonMapper.builder().build(),
        connection.prepareStatement(LOCK_ACCOUNTS),
        connection.prepareStatement(WRITE_HOLD),
        connection.prepareStatement(LOCK_TRANSFER),
        connection.prepareStatement(WRITE_POST));
  }

  private record Locked(
      String currency,
      String status,
      long balanceMinor,
      long freeMinor,
      long lineCount,
      Instant lastPostedAt) {}

  void hold(UUID id, Pair pair) throws SQLException {
    long amountMinor = 1;
    Map<UUID, Locked> accounts = lock(pair.debit(), pair.credit());
    Locked debit = accounts.get(pair.debit());
    Locked credit = accounts.get(pair.credit());
    if (debit == null
        || credit == null
        || !debit.status.equals("OPEN")
        || !credit.status.equals("OPEN")
        || !debit.currency.equals(Accounts.CURRENCY)
        || !credit.currency.equals(Accounts.CURRENCY)
        || debit.freeMinor < amountMinor) {
      throw new IllegalStateException("cannot hold on " + debit + " for " + credit);
    }
    Instant now = now();
    String event =
        json.writeValueAsString(
            new TransferEvent(
                id,
                1,
                TransferEvent.Status.PENDING,
                pair.debit(),
                pair.credit(),
                amountMinor,
                0,
                Accounts.CURRENCY,
                null,
                TransferEvent.Screening.PENDING,
                null,
                null,
                now));
    write(
        writeHold,
        id,
        new byte[32],
        now,
        id,
        pair.debit(),
        pair.credit(),
        amountMinor,
        Accounts.CURRENCY,
        now,
        now.plusSeconds(900),
        id,
        pair.debit(),
        amountMinor,
        now,
        id,
        now.plusSeconds(10),
        amountMinor,
        pair.debit(),
        amountMinor,
        pair.credit(),
        UUID.randomUUID(),
        id,
        event,
        now);
  }

  void post(UUID id) throws SQLException {
    UUID debitId;
    UUID creditId;
    long amountMinor;
    String currency;
    lockTransfer.setObject(1, id);
    try (ResultSet row = lockTransfer.executeQuery()) {
      if (!row.next()) {
        throw new IllegalStateException("nothing is held for " + id);
      }
      debitId = row.getObject(1, UUID.class);
      creditId = row.getObject(2, UUID.class);
      amountMinor = row.getLong(3);
      currency = row.getString(4);
    }
    Map<UUID, Locked> accounts = lock(debitId, creditId);
    Locked debit = accounts.get(debitId);
    Locked credit = accounts.get(creditId);
    if (debit == null || credit == null || !credit.status.equals("OPEN")) {
      throw new IllegalStateException("cannot post to " + credit);
    }
    Instant at = latest(latest(now(), debit.lastPostedAt), credit.lastPostedAt);
    UUID entry = UUID.randomUUID();
    long debitBalance = debit.balanceMinor - amountMinor;
    long creditBalance = credit.balanceMinor + amountMinor;
    write(
        writePost,
        entry,
        id,
        debitId,
        creditId,
        amountMinor,
        currency,
        at,
        debitId,
        debit.lineCount + 1,
        entry,
        debitBalance,
        creditId,
        credit.lineCount + 1,
        entry,
        creditBalance,
        amountMinor,
        amountMinor,
        at,
        debitId,
        amountMinor,
        amountMinor,
        at,
        creditId,
        id,
        amountMinor,
        at,
        id,
        debitId,
        at,
        id,
        UUID.randomUUID(),
        debitId,
        debit.lineCount + 1,
        json.writeValueAsString(
            new AccountEntryEvent(
                debitId,
                debit.lineCount + 1,
                entry,
                id,
                AccountEntryEvent.Side.DEBIT,
                amountMinor,
                currency,
                debitBalance,
                at)),
        at,
        UUID.randomUUID(),
        creditId,
        credit.lineCount + 1,
        json.writeValueAsString(
            new AccountEntryEvent(
                creditId,
                credit.lineCount + 1,
                entry,
                id,
                AccountEntryEvent.Side.CREDIT,
                amountMinor,
                currency,
                creditBalance,
                at)),
        at,
        UUID.randomUUID(),
        id,
        json.writeValueAsString(
            new TransferEvent(
                id,
                2,
                TransferEvent.Status.POSTED,
                debitId,
                creditId,
                amountMinor,
                amountMinor,
                currency,
                null,
                TransferEvent.Screening.APPROVED,
                null,
                null,
                at)),
        at);
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  private Map<UUID, Locked> lock(UUID one, UUID other) throws SQLException {
    Map<UUID, Locked> locked = new HashMap<>();
    lockAccounts.setObject(1, one);
    lockAccounts.setObject(2, other);
    try (ResultSet row = lockAccounts.executeQuery()) {
      while (row.next()) {
        locked.put(
            row.getObject(1, UUID.class),
            new Locked(
                row.getString(2),
                row.getString(3),
                row.getLong(4),
                row.getLong(5),
                row.getLong(6),
                row.getObject(7, OffsetDateTime.class).toInstant()));
      }
    }
    return locked;
  }

  private static void write(PreparedStatement statements, Object... values) throws SQLException {
    for (int i = 0; i < values.length; i++) {
      Object value = values[i];
      statements.setObject(
          i + 1, value instanceof Instant instant ? instant.atOffset(ZoneOffset.UTC) : value);
    }
    statements.execute();
  }

  /// The database keeps microseconds.
  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  private static Instant latest(Instant one, Instant other) {
    return one.isBefore(other) ? other : one;
  }
}
