package dev.payledger.ledger.journal;

import dev.payledger.contracts.BlockedAccountEvent;
import dev.payledger.contracts.TransferEvent;
import dev.payledger.ledger.command.Fingerprint;
import dev.payledger.ledger.command.JournalCommand;
import dev.payledger.ledger.command.JournalCommand.ChangeAccount;
import dev.payledger.ledger.command.JournalCommand.ChangeTransfer;
import dev.payledger.ledger.command.JournalCommand.ExpireHold;
import dev.payledger.ledger.command.JournalCommand.HoldFunds;
import dev.payledger.ledger.command.JournalCommand.OpenAccount;
import dev.payledger.ledger.command.JournalCommand.OpenBatch;
import dev.payledger.ledger.command.JournalCommand.PostTransfer;
import dev.payledger.ledger.command.JournalCommand.StartCompensation;
import dev.payledger.ledger.command.JournalCommand.VoidHold;
import dev.payledger.ledger.command.SagaStep;
import dev.payledger.ledger.command.Sides;
import dev.payledger.ledger.money.Leg;
import dev.payledger.ledger.money.Money;
import dev.payledger.ledger.money.RejectionReason;
import dev.payledger.ledger.plan.AccountState;
import dev.payledger.ledger.plan.AccountTerms;
import dev.payledger.ledger.plan.LockedRows;
import dev.payledger.ledger.plan.LockedRows.AllowanceKey;
import dev.payledger.ledger.plan.LockedRows.KnownCommand;
import dev.payledger.ledger.plan.LockedRows.OwnerAllowanceKey;
import dev.payledger.ledger.plan.LockedRows.Unscreened;
import dev.payledger.ledger.plan.TransferState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/// What a batch reads before it is planned. Rows are locked in one order everywhere, transfers with
/// their sagas, then holds, then accounts, then their allowances, then their owners', each by id, so that two batches never wait
/// for each other in a circle.
///
/// Where somebody else holds a lock for longer, rows are skipped instead: this is the only writer, and
/// everybody's money would wait with it. A command that needs a skipped transfer, hold or account is out of
/// reach. NO KEY UPDATE is enough, since no id ever changes, and lets rows be inserted that refer to what
/// is locked.
///
/// Each statement finds its rows through an index (`JournalPlansIT` asserts it): under SERIALIZABLE a
/// sequential scan conflicts with every other transfer in the table. A join says `= ANY (ARRAY[id])` where
/// `= id` would do, and sorts by the ids that came in: else the planner may read the whole index in its
/// order, which looks cheap on an empty table, and a connection keeps that plan when the table has grown.
final class JournalReader {
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
        t.event_count, t.screening, t.rejection, t.traceparent, t.reverses, t.reverses_leg,
        t.reversing_minor, t.reversed_minor, t.reversal_count, t.expires_at,
        t.allowance_window_start, t.finished_at, s.step, s.epoch, s.reason
      FROM transfer t JOIN saga s ON s.transfer_id = ANY (ARRAY[t.id])
      WHERE t.id = ANY (CAST((SELECT ids FROM wanted) AS uuid[]))
      ORDER BY t.id FOR NO KEY UPDATE OF t, s
      """;

  static final String FIND_SAGAS = "SELECT transfer_id FROM saga WHERE transfer_id = ANY (:ids)";

  static final String FIND_LEGS =
      """
      SELECT transfer_id, debit_account_id, credit_account_id, amount_minor, reverses_leg,
        reversing_minor, reversed_minor
      FROM transfer_leg WHERE transfer_id = ANY (:transfers) ORDER BY transfer_id, leg
      """;

  static final String LOCK_HOLDS =
      """
      SELECT transfer_id FROM hold
      WHERE transfer_id = ANY (:transfers) AND account_id = ANY (:accounts) AND status = 'HELD'
      ORDER BY transfer_id, account_id FOR NO KEY UPDATE
      """;

  static final String LOCK_ACCOUNTS =
      """
      SELECT id, currency, kind, is_closed, frozen_by_owner, frozen_by_operator, floor_minor,
        change_count, credits_posted_minor, debits_posted_minor, credits_pending_minor,
        debits_pending_minor, line_count, last_posted_at, version
      FROM account WHERE id = ANY (:accounts)
      ORDER BY id FOR NO KEY UPDATE
      """;

  static final String FIND_ACCOUNT_IDS = "SELECT id FROM account WHERE id = ANY (:ids)";

  static final String FIND_ALLOWANCES =
      """
      SELECT o.account_id, o.window_start, o.used_minor
      FROM unnest(:accounts, :windowStarts) AS w (account_id, window_start)
      JOIN offline_allowance o
        ON o.account_id = ANY (ARRAY[w.account_id]) AND o.window_start = ANY (ARRAY[w.window_start])
      ORDER BY w.account_id, w.window_start
      """;

  static final String LOCK_ALLOWANCES = FIND_ALLOWANCES + "FOR NO KEY UPDATE OF o";

  static final String FIND_OWNERS =
      """
      SELECT id, owner FROM account WHERE id = ANY (:accounts) AND kind = 'CUSTOMER'
      """;

  static final String FIND_OWNER_ALLOWANCES =
      """
      SELECT o.owner, o.window_start, o.used_minor
      FROM unnest(:owners, :windowStarts) AS w (owner, window_start)
      JOIN owner_offline_allowance o
        ON o.owner = ANY (ARRAY[w.owner]) AND o.window_start = ANY (ARRAY[w.window_start])
      ORDER BY w.owner, w.window_start
      """;

  static final String LOCK_OWNER_ALLOWANCES = FIND_OWNER_ALLOWANCES + "FOR NO KEY UPDATE OF o";

  /// With the row that says whether the list is whole.
  static final String FIND_BLOCKED =
      "SELECT account_id, is_blocked FROM blocked_account WHERE account_id = ANY (:accounts)";

  /// What becomes of the rows that a batch looks at.
  enum Locking {
    /// They are locked; another session that has them is waited for.
    WAIT,
    /// They are locked, except those that another session has locked.
    SKIP,
    /// They are read as they are, for a plan that is never written.
    NONE
  }

  private final JdbcClient sql;
  private final Locking locking;

  JournalReader(JdbcClient sql, Locking locking) {
    this.sql = sql;
    this.locking = locking;
  }

  /// What was read; unless it is for a dry run, locked until the end of the transaction.
  ///
  /// @param outOfReach when locked rows are skipped: the commands that need a row that somebody else has locked; compared as objects
  record Locked(LockedRows rows, Set<JournalCommand<?>> outOfReach) {}

  /// Everything that the commands have to look at.
  Locked read(List<JournalCommand<?>> commands) {
    Set<UUID> commandIds = new HashSet<>();
    Set<UUID> transferIds = new HashSet<>();
    for (JournalCommand<?> command : commands) {
      UUID id = idOf(command);
      if (id != null) {
        commandIds.add(id);
      }
      UUID transfer = transferOf(command);
      if (transfer != null) {
        transferIds.add(transfer);
      }
    }
    Map<UUID, KnownCommand> known = commandIds.isEmpty() ? Map.of() : findCommands(commandIds);
    Set<UUID> elsewhere = new HashSet<>();
    Map<UUID, TransferState> transfers =
        transferIds.isEmpty() ? Map.of() : lockTransfers(transferIds, elsewhere);
    Set<UUID> accountIds = new HashSet<>();
    Set<AllowanceKey> allowances = new HashSet<>();
    Set<UUID> unscreened = new HashSet<>();
    for (JournalCommand<?> command : commands) {
      accountIds.addAll(accountsOf(command, known, transfers));
      UUID id = transferOf(command);
      TransferState transfer = id == null ? null : transfers.get(id);
      if (transfer == null) {
        continue;
      }
      // Only what is still held can be given back.
      Instant window =
          transfer.status() == TransferState.Status.HELD ? transfer.allowanceWindow() : null;
      if (command instanceof PostTransfer post && post.allowance() != null) {
        unscreened.addAll(accountsOf(transfer));
        window = post.allowance().windowStart();
      }
      if (window != null) {
        for (Leg leg : transfer.terms().legs()) {
          allowances.add(new AllowanceKey(leg.debitAccountId(), window));
        }
      }
    }
    Map<UUID, AccountState> accounts =
        accountIds.isEmpty() ? Map.of() : accounts(sql, locking(LOCK_ACCOUNTS), accountIds);
    elsewhere.addAll(findSkipped(FIND_ACCOUNT_IDS, accountIds, accounts.keySet()));
    Unscreened withoutScreening =
        allowances.isEmpty() ? Unscreened.NONE : unscreened(allowances, unscreened, elsewhere);
    Set<JournalCommand<?>> outOfReach = Collections.newSetFromMap(new IdentityHashMap<>());
    if (!elsewhere.isEmpty()) {
      for (JournalCommand<?> command : commands) {
        if (needs(command, elsewhere, known, transfers)) {
          outOfReach.add(command);
        }
      }
    }
    return new Locked(new LockedRows(known, transfers, accounts, withoutScreening), outOfReach);
  }

  /// What it is remembered by; null for the saga's own steps.
  private static @Nullable UUID idOf(JournalCommand<?> command) {
    return switch (command) {
      case OpenAccount open -> open.id();
      case OpenBatch open -> open.id();
      case ChangeAccount change -> change.id();
      case HoldFunds hold -> hold.id();
      case ChangeTransfer change -> change.id();
      case PostTransfer _, StartCompensation _, VoidHold _, ExpireHold _ -> null;
    };
  }

  /// The transfer that must be there for it; null when there is none.
  private static @Nullable UUID transferOf(JournalCommand<?> command) {
    return switch (command) {
      case OpenAccount _, ChangeAccount _, OpenBatch _ -> null;
      case HoldFunds hold -> hold.reverses();
      case PostTransfer post -> post.transferId();
      case StartCompensation turn -> turn.transferId();
      case VoidHold end -> end.transferId();
      case ExpireHold end -> end.transferId();
      case ChangeTransfer change -> change.transferId();
    };
  }

  /// The accounts that it may change or look at.
  private static Set<UUID> accountsOf(
      JournalCommand<?> command,
      Map<UUID, KnownCommand> known,
      Map<UUID, TransferState> transfers) {
    return switch (command) {
      case ChangeAccount change ->
          known.containsKey(change.id()) ? Set.of() : Set.of(change.accountId());
      case HoldFunds hold -> known.containsKey(hold.id()) ? Set.of() : accountsOf(hold.legs());
      case PostTransfer post -> accountsOf(transfers.get(post.transferId()));
      case VoidHold end -> accountsOf(transfers.get(end.transferId()));
      case ExpireHold end -> accountsOf(transfers.get(end.transferId()));
      case ChangeTransfer change -> accountsOf(transfers.get(change.transferId()));
      case OpenAccount _, OpenBatch _, StartCompensation _ -> Set.of();
    };
  }

  private static boolean needs(
      JournalCommand<?> command,
      Set<UUID> ids,
      Map<UUID, KnownCommand> known,
      Map<UUID, TransferState> transfers) {
    UUID asked = idOf(command);
    if (asked != null && known.containsKey(asked)) {
      return false;
    }
    UUID id = transferOf(command);
    TransferState transfer = id == null ? null : transfers.get(id);
    return (id != null && ids.contains(id))
        || (transfer != null
            && transfer.terms().reverses() != null
            && ids.contains(transfer.terms().reverses()))
        || accountsOf(command, known, transfers).stream().anyMatch(ids::contains);
  }

  private String locking(String statement) {
    return switch (locking) {
      case WAIT -> statement;
      case SKIP -> statement.stripTrailing() + " SKIP LOCKED";
      case NONE -> statement.substring(0, statement.lastIndexOf("FOR NO KEY UPDATE"));
    };
  }

  /// Those that are there and were not locked: somebody else has locked them.
  private Set<UUID> findSkipped(String find, Set<UUID> wanted, Set<UUID> locked) {
    Set<UUID> missing = new HashSet<>(wanted);
    missing.removeAll(locked);
    return missing.isEmpty() || locking != Locking.SKIP
        ? Set.of()
        : Set.copyOf(
            sql.sql(find)
                .param("ids", new ArrayParameters<>(missing).uuids(id -> id))
                .query(UUID.class)
                .list());
  }

  private static Set<UUID> accountsOf(@Nullable TransferState transfer) {
    return transfer == null ? Set.of() : accountsOf(transfer.terms().legs());
  }

  private static Set<UUID> accountsOf(List<Leg> legs) {
    Set<UUID> accounts = new HashSet<>();
    for (Leg leg : legs) {
      accounts.add(leg.debitAccountId());
      accounts.add(leg.creditAccountId());
    }
    return accounts;
  }

  private Map<UUID, KnownCommand> findCommands(Set<UUID> ids) {
    Map<UUID, KnownCommand> found = new HashMap<>();
    sql.sql(FIND_COMMANDS)
        .param("commands", new ArrayParameters<>(ids).uuids(id -> id))
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

  /// @param elsewhere gets the transfers that somebody else has locked, or a hold of them
  private Map<UUID, TransferState> lockTransfers(Set<UUID> ids, Set<UUID> elsewhere) {
    Map<UUID, TransferState> locked = new HashMap<>();
    Set<UUID> withSeveralLegs = new HashSet<>();
    sql.sql(locking(LOCK_TRANSFERS))
        .param("transfers", new ArrayParameters<>(ids).uuids(id -> id))
        .query(
            row -> {
              TransferState transfer = transfer(row);
              locked.put(transfer.id(), transfer);
              if (row.getInt("leg_count") > 1) {
                withSeveralLegs.add(transfer.id());
              }
            });
    if (!withSeveralLegs.isEmpty()) {
      findLegs(withSeveralLegs)
          .forEach((id, all) -> locked.computeIfPresent(id, (key, t) -> withLegs(t, all)));
    }
    Set<UUID> wanted = new HashSet<>(ids);
    locked.values().stream()
        .map(transfer -> transfer.terms().reverses())
        .filter(Objects::nonNull)
        .forEach(wanted::add);
    elsewhere.addAll(findSkipped(FIND_SAGAS, wanted, locked.keySet()));
    lockHolds(locked, elsewhere);
    return locked;
  }

  /// While a transfer is not final it has one live hold for each account that pays: what is missing of
  /// them was skipped.
  private void lockHolds(Map<UUID, TransferState> locked, Set<UUID> elsewhere) {
    Set<UUID> debits = new HashSet<>();
    locked.values().forEach(transfer -> debits.addAll(transfer.terms().debitsMinor().keySet()));
    Map<UUID, Integer> live = new HashMap<>();
    sql.sql(locking(LOCK_HOLDS))
        .param("transfers", new ArrayParameters<>(locked.keySet()).uuids(id -> id))
        .param("accounts", new ArrayParameters<>(debits).uuids(id -> id))
        .query(
            row -> {
              live.merge(row.getObject("transfer_id", UUID.class), 1, Integer::sum);
            });
    locked.replaceAll((id, transfer) -> live.containsKey(id) ? transfer.withLiveHold() : transfer);
    locked.forEach(
        (id, transfer) -> {
          if (locking == Locking.SKIP
              && !transfer.status().isFinal()
              && live.getOrDefault(id, 0) < transfer.terms().debitsMinor().size()) {
            elsewhere.add(id);
          }
        });
  }

  /// @param reverses the number of the leg that it gives back; null unless it is a reversal's
  private record LegRow(Leg leg, @Nullable Integer reverses, TransferState.GivenBack givenBack) {}

  private Map<UUID, List<LegRow>> findLegs(Set<UUID> transfers) {
    Map<UUID, List<LegRow>> legs = new HashMap<>();
    sql.sql(FIND_LEGS)
        .param("transfers", new ArrayParameters<>(transfers).uuids(id -> id))
        .query(
            row -> {
              legs.computeIfAbsent(
                      row.getObject("transfer_id", UUID.class), id -> new ArrayList<>())
                  .add(
                      new LegRow(
                          leg(row), row.getObject("reverses_leg", Integer.class), givenBack(row)));
            });
    return legs;
  }

  private static TransferState withLegs(TransferState transfer, List<LegRow> rows) {
    return transfer.withLegs(
        rows.stream().map(LegRow::leg).toList(),
        rows.stream().map(LegRow::reverses).filter(Objects::nonNull).toList(),
        rows.stream().map(LegRow::givenBack).toList());
  }

  private static Map<UUID, AccountState> accounts(JdbcClient sql, String statement, Set<UUID> ids) {
    Map<UUID, AccountState> found = new HashMap<>();
    sql.sql(statement)
        .param("accounts", new ArrayParameters<>(ids).uuids(id -> id))
        .query(
            row -> {
              AccountState account = account(row);
              found.put(account.id(), account);
            });
    return found;
  }

  private Map<AllowanceKey, Long> allowances(String statement, Set<AllowanceKey> keys) {
    Map<AllowanceKey, Long> locked = new HashMap<>();
    ArrayParameters<AllowanceKey> columns = new ArrayParameters<>(keys);
    sql.sql(statement)
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

  /// @param accounts all of the transfers that would post unscreened
  /// @param elsewhere gets the accounts whose allowance, or whose owner's, somebody else has locked
  private Unscreened unscreened(Set<AllowanceKey> keys, Set<UUID> accounts, Set<UUID> elsewhere) {
    Map<AllowanceKey, Long> used = allowances(locking(LOCK_ALLOWANCES), keys);
    if (locking == Locking.SKIP && used.size() < keys.size()) {
      Set<AllowanceKey> skipped = new HashSet<>(allowances(FIND_ALLOWANCES, keys).keySet());
      skipped.removeAll(used.keySet());
      skipped.forEach(allowance -> elsewhere.add(allowance.account()));
    }
    Map<UUID, String> owners = new HashMap<>();
    sql.sql(FIND_OWNERS)
        .param("accounts", new ArrayParameters<>(keys).uuids(AllowanceKey::account))
        .query(
            row -> {
              owners.put(row.getObject("id", UUID.class), row.getString("owner"));
            });
    Set<OwnerAllowanceKey> ofOwners = new HashSet<>();
    for (AllowanceKey key : keys) {
      String owner = owners.get(key.account());
      if (owner != null) {
        ofOwners.add(new OwnerAllowanceKey(owner, key.windowStart()));
      }
    }
    Set<UUID> blocked = new HashSet<>();
    Set<UUID> asked = new HashSet<>(accounts);
    asked.add(BlockedAccountEvent.END_OF_LIST);
    boolean isListComplete = false;
    for (var row :
        sql.sql(FIND_BLOCKED)
            .param("accounts", new ArrayParameters<>(asked).uuids(id -> id))
            .query(
                (row, n) ->
                    Map.entry(
                        row.getObject("account_id", UUID.class), row.getBoolean("is_blocked")))
            .list()) {
      if (row.getKey().equals(BlockedAccountEvent.END_OF_LIST)) {
        isListComplete = true;
      } else if (row.getValue()) {
        blocked.add(row.getKey());
      }
    }
    Map<OwnerAllowanceKey, Long> ownersUsed =
        ownerAllowances(locking(LOCK_OWNER_ALLOWANCES), ofOwners);
    if (locking == Locking.SKIP && ownersUsed.size() < ofOwners.size()) {
      Set<String> skipped = new HashSet<>();
      ownerAllowances(FIND_OWNER_ALLOWANCES, ofOwners).keySet().stream()
          .filter(key -> !ownersUsed.containsKey(key))
          .forEach(key -> skipped.add(key.owner()));
      owners.forEach(
          (account, owner) -> {
            if (skipped.contains(owner)) {
              elsewhere.add(account);
            }
          });
    }
    return new Unscreened(used, ownersUsed, owners, blocked, isListComplete);
  }

  private Map<OwnerAllowanceKey, Long> ownerAllowances(
      String statement, Set<OwnerAllowanceKey> keys) {
    Map<OwnerAllowanceKey, Long> found = new HashMap<>();
    ArrayParameters<OwnerAllowanceKey> columns = new ArrayParameters<>(keys);
    sql.sql(statement)
        .param("owners", columns.texts(OwnerAllowanceKey::owner))
        .param("windowStarts", columns.instants(OwnerAllowanceKey::windowStart))
        .query(
            row -> {
              found.put(
                  new OwnerAllowanceKey(
                      row.getString("owner"),
                      row.getObject("window_start", OffsetDateTime.class).toInstant()),
                  row.getLong("used_minor"));
            });
    return found;
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
    OffsetDateTime allowanceWindow = row.getObject("allowance_window_start", OffsetDateTime.class);
    Integer reversesLeg = row.getObject("reverses_leg", Integer.class);
    return new TransferState(
        new TransferState.Terms(
            row.getObject("id", UUID.class),
            List.of(leg(row)),
            new Money(row.getLong("amount_minor"), row.getString("currency")),
            captureWithin == null ? null : Duration.ofSeconds(captureWithin),
            row.getObject("reverses", UUID.class),
            reversesLeg == null ? List.of() : List.of(reversesLeg),
            row.getString("traceparent")),
        TransferState.Status.valueOf(row.getString("status")),
        row.getLong("event_count"),
        TransferEvent.Screening.valueOf(row.getString("screening")),
        row.getString("rejection"),
        row.getLong("captured_minor"),
        row.getInt("capture_count"),
        row.getBoolean("void_requested"),
        new TransferState.Reversals(List.of(givenBack(row)), row.getInt("reversal_count")),
        false,
        new TransferState.Saga(
            SagaStep.valueOf(row.getString("step")),
            row.getLong("epoch"),
            row.getString("reason"),
            null),
        row.getObject("expires_at", OffsetDateTime.class).toInstant(),
        allowanceWindow == null ? null : allowanceWindow.toInstant(),
        finishedAt == null ? null : finishedAt.toInstant());
  }

  private static TransferState.GivenBack givenBack(ResultSet row) throws SQLException {
    return new TransferState.GivenBack(
        row.getLong("reversing_minor"), row.getLong("reversed_minor"));
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
