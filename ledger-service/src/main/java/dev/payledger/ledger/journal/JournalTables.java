package dev.payledger.ledger.journal;

import dev.payledger.contracts.TransferEvent;
import dev.payledger.ledger.journal.JournalCommand.ChangeAccount;
import dev.payledger.ledger.journal.JournalCommand.ChangeTransfer;
import dev.payledger.ledger.journal.JournalCommand.ExpireHold;
import dev.payledger.ledger.journal.JournalCommand.HoldFunds;
import dev.payledger.ledger.journal.JournalCommand.OpenAccount;
import dev.payledger.ledger.journal.JournalCommand.PostTransfer;
import dev.payledger.ledger.journal.JournalCommand.TurnBack;
import dev.payledger.ledger.journal.JournalCommand.VoidHold;
import dev.payledger.ledger.journal.LockedRows.AllowanceKey;
import dev.payledger.ledger.journal.LockedRows.KnownCommand;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/// What a batch reads before it is planned. Rows are locked in one order everywhere, transfers with
/// their sagas, then holds, then accounts, then allowances, each by id, so that two batches never wait
/// for each other in a circle.
///
/// Each statement finds its rows through an index (`JournalPlansIT` asserts it): under SERIALIZABLE a
/// sequential scan conflicts with every other transfer in the table. A join says `= ANY (ARRAY[id])` where
/// `= id` would do, and sorts by the ids that came in: else the planner may read the whole index in its
/// order, which looks cheap on an empty table, and a connection keeps that plan when the table has grown.
final class JournalTables {
  static final String FIND_COMMANDS =
      """
      SELECT c.id, encode(c.fingerprint, 'hex') AS sha256, c.rejection, s.owner,
        coalesce(s.epoch, 0) AS epoch
      FROM command c
        LEFT JOIN saga s ON s.transfer_id = ANY (ARRAY[c.id])
      WHERE c.id = ANY (:commands)
      """;

  /// With those that they reverse. ORDER BY comes before the lock is taken, row by row: that is the
  /// global order.
  static final String LOCK_TRANSFERS =
      """
      WITH wanted AS MATERIALIZED (
        SELECT ARRAY(SELECT unnest(:transfers)
          UNION SELECT reverses FROM transfer WHERE id = ANY (:transfers)) AS ids)
      SELECT t.id, t.status, t.debit_account_id, t.credit_account_id, t.leg_count, t.amount_minor,
        t.currency, t.capture_within_s, t.captured_minor, t.capture_count, t.void_requested,
        t.event_count, t.screening, t.rejection, t.traceparent, t.reverses, t.reversing_minor,
        t.reversed_minor, t.expires_at, t.finished_at, s.step, s.epoch, s.reason
      FROM transfer t JOIN saga s ON s.transfer_id = ANY (ARRAY[t.id])
      WHERE t.id = ANY (CAST((SELECT ids FROM wanted) AS uuid[]))
      ORDER BY t.id FOR UPDATE OF t, s
      """;

  static final String FIND_LEGS =
      """
      SELECT transfer_id, debit_account_id, credit_account_id, amount_minor FROM transfer_leg
      WHERE transfer_id = ANY (:transfers) ORDER BY transfer_id, leg
      """;

  static final String LOCK_HOLDS =
      """
      SELECT transfer_id FROM hold
      WHERE transfer_id = ANY (:transfers) AND account_id = ANY (:accounts) AND status = 'HELD'
      ORDER BY transfer_id, account_id FOR UPDATE
      """;

  static final String FIND_ACCOUNTS =
      """
      SELECT id, currency, kind, is_closed, frozen_by_owner, frozen_by_operator, floor_minor,
        change_count, credits_posted_minor, debits_posted_minor, credits_pending_minor,
        debits_pending_minor, line_count, last_posted_at, version
      FROM account WHERE id = ANY (:accounts)
      """;

  static final String LOCK_ACCOUNTS = FIND_ACCOUNTS + "ORDER BY id FOR NO KEY UPDATE";

  static final String LOCK_ALLOWANCES =
      """
      SELECT o.account_id, o.window_start, o.used_minor
      FROM unnest(:accounts, :windowStarts) AS w (account_id, window_start)
      JOIN offline_allowance o
        ON o.account_id = ANY (ARRAY[w.account_id]) AND o.window_start = ANY (ARRAY[w.window_start])
      ORDER BY w.account_id, w.window_start FOR UPDATE OF o
      """;

  private final JdbcClient sql;

  JournalTables(JournalTransaction tx) {
    this.sql = tx.sql();
  }

  /// Everything that the commands have to look at, locked until the end of the transaction.
  LockedRows lock(List<JournalCommand<?>> commands) {
    Set<UUID> commandIds = new HashSet<>();
    Set<UUID> transferIds = new HashSet<>();
    for (JournalCommand<?> command : commands) {
      switch (command) {
        case OpenAccount open -> commandIds.add(open.id());
        case ChangeAccount change -> commandIds.add(change.id());
        case HoldFunds hold -> {
          commandIds.add(hold.id());
          if (hold.reverses() != null) {
            transferIds.add(hold.reverses());
          }
        }
        case PostTransfer post -> transferIds.add(post.transferId());
        case TurnBack turn -> transferIds.add(turn.transferId());
        case VoidHold end -> transferIds.add(end.transferId());
        case ExpireHold end -> transferIds.add(end.transferId());
        case ChangeTransfer change -> {
          commandIds.add(change.id());
          transferIds.add(change.transferId());
        }
      }
    }
    Map<UUID, KnownCommand> known = commandIds.isEmpty() ? Map.of() : findCommands(commandIds);
    Map<UUID, TransferState> transfers =
        transferIds.isEmpty() ? Map.of() : lockTransfers(transferIds);
    Set<UUID> accountIds = new HashSet<>();
    Set<AllowanceKey> allowances = new HashSet<>();
    for (JournalCommand<?> command : commands) {
      switch (command) {
        case HoldFunds hold when !known.containsKey(hold.id()) ->
            addAccounts(accountIds, hold.legs());
        case PostTransfer post -> {
          TransferState transfer = transfers.get(post.transferId());
          addAccounts(accountIds, transfer);
          if (transfer != null && post.allowance() != null) {
            for (Leg leg : transfer.terms().legs()) {
              allowances.add(
                  new AllowanceKey(leg.debitAccountId(), post.allowance().windowStart()));
            }
          }
        }
        case VoidHold end -> addAccounts(accountIds, transfers.get(end.transferId()));
        case ExpireHold end -> addAccounts(accountIds, transfers.get(end.transferId()));
        case ChangeTransfer change -> addAccounts(accountIds, transfers.get(change.transferId()));
        case ChangeAccount change when !known.containsKey(change.id()) ->
            accountIds.add(change.accountId());
        case HoldFunds _, OpenAccount _, ChangeAccount _, TurnBack _ -> {}
      }
    }
    return new LockedRows(
        known,
        transfers,
        accountIds.isEmpty() ? Map.of() : lockAccounts(accountIds),
        allowances.isEmpty() ? Map.of() : lockAllowances(allowances));
  }

  /// What a new transfer of these legs would be planned on, as it is at this moment: nothing is locked.
  static LockedRows look(JdbcClient sql, List<Leg> legs) {
    Set<UUID> ids = new HashSet<>();
    addAccounts(ids, legs);
    return new LockedRows(Map.of(), Map.of(), accounts(sql, FIND_ACCOUNTS, ids), Map.of());
  }

  private static void addAccounts(Set<UUID> accounts, @Nullable TransferState transfer) {
    if (transfer != null) {
      addAccounts(accounts, transfer.terms().legs());
    }
  }

  private static void addAccounts(Set<UUID> accounts, List<Leg> legs) {
    for (Leg leg : legs) {
      accounts.add(leg.debitAccountId());
      accounts.add(leg.creditAccountId());
    }
  }

  private Map<UUID, KnownCommand> findCommands(Set<UUID> ids) {
    Map<UUID, KnownCommand> found = new HashMap<>();
    sql.sql(FIND_COMMANDS)
        .param("commands", new Columns<>(ids).uuids(id -> id))
        .query(
            row -> {
              found.put(
                  row.getObject("id", UUID.class),
                  new KnownCommand(
                      new Fingerprint(row.getString("sha256")),
                      row.getString("owner"),
                      row.getLong("epoch"),
                      rejection(row.getString("rejection"))));
            });
    return found;
  }

  private Map<UUID, TransferState> lockTransfers(Set<UUID> ids) {
    Map<UUID, TransferState> locked = new HashMap<>();
    Map<UUID, List<Leg>> legs = new HashMap<>();
    sql.sql(LOCK_TRANSFERS)
        .param("transfers", new Columns<>(ids).uuids(id -> id))
        .query(
            row -> {
              TransferState transfer = transfer(row);
              locked.put(transfer.id(), transfer);
              if (row.getInt("leg_count") > 1) {
                legs.put(transfer.id(), new ArrayList<>());
              }
            });
    if (!legs.isEmpty()) {
      findLegs(legs);
      legs.forEach((id, all) -> locked.computeIfPresent(id, (key, t) -> t.withLegs(all)));
    }
    Set<UUID> debits = new HashSet<>();
    locked.values().forEach(transfer -> debits.addAll(transfer.terms().debitsMinor().keySet()));
    sql.sql(LOCK_HOLDS)
        .param("transfers", new Columns<>(locked.keySet()).uuids(id -> id))
        .param("accounts", new Columns<>(debits).uuids(id -> id))
        .query(
            row -> {
              locked.computeIfPresent(
                  row.getObject("transfer_id", UUID.class), (id, t) -> t.withLiveHold());
            });
    return locked;
  }

  private void findLegs(Map<UUID, List<Leg>> legs) {
    sql.sql(FIND_LEGS)
        .param("transfers", new Columns<>(legs.keySet()).uuids(id -> id))
        .query(
            row -> {
              legs.getOrDefault(row.getObject("transfer_id", UUID.class), List.of()).add(leg(row));
            });
  }

  private Map<UUID, AccountState> lockAccounts(Set<UUID> ids) {
    return accounts(sql, LOCK_ACCOUNTS, ids);
  }

  private static Map<UUID, AccountState> accounts(JdbcClient sql, String statement, Set<UUID> ids) {
    Map<UUID, AccountState> found = new HashMap<>();
    sql.sql(statement)
        .param("accounts", new Columns<>(ids).uuids(id -> id))
        .query(
            row -> {
              AccountState account = account(row);
              found.put(account.id(), account);
            });
    return found;
  }

  private Map<AllowanceKey, Long> lockAllowances(Set<AllowanceKey> keys) {
    Map<AllowanceKey, Long> locked = new HashMap<>();
    Columns<AllowanceKey> columns = new Columns<>(keys);
    sql.sql(LOCK_ALLOWANCES)
        .param("accounts", columns.uuids(AllowanceKey::account))
        .param("windowStarts", columns.instants(AllowanceKey::windowStart))
        .query(
            row -> {
              locked.put(
                  new AllowanceKey(
                      row.getObject("account_id", UUID.class),
                      row.getObject("window_start", OffsetDateTime.class).toInstant()),
                  row.getLong("used_minor"));
            });
    return locked;
  }

  private static AccountState account(ResultSet row) throws SQLException {
    return new AccountState(
        row.getObject("id", UUID.class),
        row.getString("currency"),
        row.getString("kind").equals("SYSTEM"),
        new AccountTerms(
            row.getBoolean("is_closed"),
            Sides.valueOf(row.getString("frozen_by_owner")),
            Sides.valueOf(row.getString("frozen_by_operator")),
            row.getObject("floor_minor", Long.class),
            row.getLong("change_count")),
        row.getLong("credits_posted_minor"),
        row.getLong("debits_posted_minor"),
        row.getLong("credits_pending_minor"),
        row.getLong("debits_pending_minor"),
        row.getLong("line_count"),
        row.getObject("last_posted_at", OffsetDateTime.class).toInstant(),
        row.getLong("version"));
  }

  private static TransferState transfer(ResultSet row) throws SQLException {
    Long captureWithin = row.getObject("capture_within_s", Long.class);
    OffsetDateTime finishedAt = row.getObject("finished_at", OffsetDateTime.class);
    return new TransferState(
        new TransferState.Terms(
            row.getObject("id", UUID.class),
            List.of(leg(row)),
            new Money(row.getLong("amount_minor"), row.getString("currency")),
            captureWithin == null ? null : Duration.ofSeconds(captureWithin),
            row.getObject("reverses", UUID.class),
            row.getString("traceparent")),
        TransferState.Status.valueOf(row.getString("status")),
        row.getLong("event_count"),
        TransferEvent.Screening.valueOf(row.getString("screening")),
        row.getString("rejection"),
        row.getLong("captured_minor"),
        row.getInt("capture_count"),
        row.getBoolean("void_requested"),
        new TransferState.Reversals(row.getLong("reversing_minor"), row.getLong("reversed_minor")),
        false,
        new TransferState.Saga(
            SagaStep.valueOf(row.getString("step")),
            row.getLong("epoch"),
            row.getString("reason"),
            null),
        row.getObject("expires_at", OffsetDateTime.class).toInstant(),
        finishedAt == null ? null : finishedAt.toInstant());
  }

  private static Leg leg(ResultSet row) throws SQLException {
    return new Leg(
        row.getObject("debit_account_id", UUID.class),
        row.getObject("credit_account_id", UUID.class),
        row.getLong("amount_minor"));
  }

  private static @Nullable RejectionReason rejection(@Nullable String code) {
    return code == null ? null : RejectionReason.ofCode(code);
  }
}
