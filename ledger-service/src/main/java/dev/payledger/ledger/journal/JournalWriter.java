package dev.payledger.ledger.journal;

import dev.payledger.ledger.command.JournalCommand.OpenAccount;
import dev.payledger.ledger.plan.AccountState;
import dev.payledger.ledger.plan.LockedRows.AllowanceKey;
import dev.payledger.ledger.plan.LockedRows.OwnerAllowanceKey;
import dev.payledger.ledger.plan.PlannedWrites;
import dev.payledger.ledger.plan.PlannedWrites.AccountMove;
import dev.payledger.ledger.plan.PlannedWrites.AllowanceUse;
import dev.payledger.ledger.plan.PlannedWrites.Entry;
import dev.payledger.ledger.plan.PlannedWrites.HoldMove;
import dev.payledger.ledger.plan.PlannedWrites.LegMove;
import dev.payledger.ledger.plan.PlannedWrites.Line;
import dev.payledger.ledger.plan.PlannedWrites.NewAccountChange;
import dev.payledger.ledger.plan.PlannedWrites.NewCommand;
import dev.payledger.ledger.plan.PlannedWrites.NewHold;
import dev.payledger.ledger.plan.PlannedWrites.NewLeg;
import dev.payledger.ledger.plan.PlannedWrites.NewTransfer;
import dev.payledger.ledger.plan.PlannedWrites.TransferMove;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.springframework.jdbc.support.SqlArrayValue;
import tools.jackson.databind.json.JsonMapper;

/// Writes what a batch has planned: one statement for each kind of row, however many there are, and
/// none for a kind that has no rows. A row that is to be changed was locked before; when fewer change
/// than were planned the batch fails.
final class JournalWriter {
  static final String RECORD_COMMANDS =
      """
      INSERT INTO command (id, operation, fingerprint, outcome, transfer_id, account_id, rejection,
        decided_at)
      SELECT id, operation, decode(sha256, 'hex'), outcome, transfer_id, account_id, rejection,
        decided_at
      FROM unnest(:ids, :operations, :sha256s, :outcomes, :transfers, :accounts, :rejections,
          :decidedAts)
        AS c (id, operation, sha256, outcome, transfer_id, account_id, rejection, decided_at)
      """;

  static final String OPEN_ACCOUNTS =
      """
      INSERT INTO account (id, owner, name, currency, opened_at)
      SELECT id, owner, name, currency, :openedAt
      FROM unnest(:ids, :owners, :names, :currencies) AS a (id, owner, name, currency)
      """;

  static final String WRITE_ACCOUNT_CHANGES =
      """
      INSERT INTO account_change (account_id, number, command_id, change, changed_by, by_operator,
        reason, status_before, status_after, frozen_by_owner_before, frozen_by_owner_after,
        frozen_by_operator_before, frozen_by_operator_after, floor_before_minor, floor_after_minor,
        changed_at)
      SELECT * FROM unnest(:accounts, :seqs, :commands, :kinds, :changedBys, :byOperators,
        :reasons, :statusesBefore, :statusesAfter, :byOwnerBefore, :byOwnerAfter, :byOperatorBefore,
        :byOperatorAfter, :floorsBefore, :floorsAfter, :changedAts)
      """;

  static final String CREATE_TRANSFERS =
      """
      INSERT INTO transfer (id, initiator, by_operator, status, rejection, debit_account_id,
        credit_account_id, leg_count, amount_minor, currency, capture_within_s, reverses, reverses_leg,
        reference, metadata, event_count, traceparent, created_at, expires_at, finished_at, refused)
      SELECT id, initiator, by_operator, status, rejection, debit_account_id, credit_account_id,
        leg_count, amount_minor, currency, capture_within_s, reverses, reverses_leg, reference,
        CAST(metadata AS jsonb), 1, traceparent, created_at, expires_at, finished_at,
        rejection IS NOT NULL
      FROM unnest(:ids, :initiators, :byOperators, :statuses, :rejections, :debits, :credits,
          :legCounts, :amountsMinor, :currencies, :capturesWithin, :reversed, :reversedLegs,
          :references, :metadatas, :traceparents, :createdAts, :expiresAts, :finishedAts)
        AS t (id, initiator, by_operator, status, rejection, debit_account_id, credit_account_id,
          leg_count, amount_minor, currency, capture_within_s, reverses, reverses_leg, reference,
          metadata, traceparent, created_at, expires_at, finished_at)
      """;

  static final String CREATE_LEGS =
      """
      INSERT INTO transfer_leg (transfer_id, leg, debit_account_id, credit_account_id, amount_minor,
        created_at, refused, reverses_leg, reference)
      SELECT * FROM unnest(:transfers, :numbers, :debits, :credits, :amountsMinor, :createdAts,
        :refusals, :reversedLegs, :references)
      """;

  static final String CREATE_HOLDS =
      """
      INSERT INTO hold (transfer_id, account_id, amount_minor, held_at)
      SELECT * FROM unnest(:transfers, :accounts, :amountsMinor, :heldAts)
      """;

  static final String CREATE_SAGAS =
      """
      INSERT INTO saga (transfer_id, step, owner, epoch, due_at)
      SELECT transfer_id, 'SCREEN', owner, 1, due_at
      FROM unnest(:transfers, :owners, :dueAts) AS s (transfer_id, owner, due_at)
      """;

  /// Adds to the counters that are there: the CHECKs judge the row in the database, whatever was
  /// planned. Terms that were changed go with them, in one statement: what a batch spends under a new
  /// limit, or moves away before a close, is lawful only together with it.
  static final String MOVE_ACCOUNTS =
      """
      UPDATE account a SET
        credits_posted_minor = a.credits_posted_minor + m.credits_posted,
        debits_posted_minor = a.debits_posted_minor + m.debits_posted,
        credits_pending_minor = a.credits_pending_minor + m.credits_pending,
        debits_pending_minor = a.debits_pending_minor + m.debits_pending,
        line_count = a.line_count + m.lines, version = a.version + m.versions,
        last_posted_at = coalesce(m.last_posted_at, a.last_posted_at),
        is_closed = CASE m.changes WHEN 0 THEN a.is_closed ELSE m.is_closed END,
        frozen_by_owner = CASE m.changes WHEN 0 THEN a.frozen_by_owner ELSE m.by_owner END,
        frozen_by_operator = CASE m.changes WHEN 0 THEN a.frozen_by_operator ELSE m.by_operator END,
        floor_minor = CASE m.changes WHEN 0 THEN a.floor_minor ELSE m.floor END,
        change_count = a.change_count + m.changes
      FROM unnest(:accounts, :creditsPosted, :debitsPosted, :creditsPending, :debitsPending, :lines,
          :versions, :lastPostedAts, :closed, :byOwner, :byOperator, :floors, :changes)
        AS m (id, credits_posted, debits_posted, credits_pending, debits_pending, lines, versions,
          last_posted_at, is_closed, by_owner, by_operator, floor, changes)
      WHERE a.id = ANY (ARRAY[m.id])
      """;

  static final String WRITE_ENTRIES =
      """
      INSERT INTO journal_entry (id, transfer_id, number, debit_account_id, credit_account_id,
        amount_minor, currency, posted_at)
      SELECT * FROM unnest(:ids, :transfers, :numbers, :debits, :credits, :amountsMinor, :currencies,
        :postedAts)
      """;

  static final String WRITE_LINES =
      """
      INSERT INTO account_line (account_id, seq, entry_id, side, balance_after_minor)
      SELECT * FROM unnest(:accounts, :seqs, :entries, :sides, :balancesAfterMinor)
      """;

  static final String MOVE_SAGAS =
      """
      UPDATE saga s SET step = m.step, reason = m.reason, due_at = coalesce(m.due_at, s.due_at)
      FROM unnest(:transfers, :epochs, :from, :to, :reasons, :dueAts)
        AS m (transfer_id, epoch, from_step, step, reason, due_at)
      WHERE s.transfer_id = ANY (ARRAY[m.transfer_id])
        AND s.epoch = m.epoch AND s.step = m.from_step
      """;

  static final String MOVE_HOLDS =
      """
      UPDATE hold h SET status = m.status, captured_minor = h.captured_minor + m.captured,
        ended_at = m.ended_at
      FROM unnest(:transfers, :accounts, :from, :statuses, :capturedMinor, :endedAts)
        AS m (transfer_id, account_id, from_status, status, captured, ended_at)
      WHERE h.transfer_id = ANY (ARRAY[m.transfer_id])
        AND h.account_id = ANY (ARRAY[m.account_id]) AND h.status = m.from_status
      """;

  /// Sums are added to what is there, like those of accounts.
  static final String MOVE_TRANSFERS =
      """
      UPDATE transfer t SET status = m.status, rejection = m.rejection, screening = m.screening,
        captured_minor = t.captured_minor + m.captured,
        capture_count = t.capture_count + m.captures, void_requested = m.void_requested,
        reversing_minor = t.reversing_minor + m.reversing,
        reversed_minor = t.reversed_minor + m.reversed,
        reversal_count = t.reversal_count + m.reversals, event_count = m.event_count,
        expires_at = m.expires_at, allowance_window_start = m.allowance_window_start,
        finished_at = m.finished_at
      FROM unnest(:transfers, :from, :statuses, :rejections, :screenings, :capturedMinor, :captures,
          :voidsRequested, :reversingMinor, :reversedMinor, :reversals, :eventCounts, :expiresAts,
          :windowStarts, :finishedAts)
        AS m (id, from_status, status, rejection, screening, captured, captures, void_requested,
          reversing, reversed, reversals, event_count, expires_at, allowance_window_start,
          finished_at)
      WHERE t.id = ANY (ARRAY[m.id]) AND t.status = m.from_status
      """;

  static final String MOVE_LEGS =
      """
      UPDATE transfer_leg l SET reversing_minor = l.reversing_minor + m.reversing,
        reversed_minor = l.reversed_minor + m.reversed
      FROM unnest(:transfers, :numbers, :reversingMinor, :reversedMinor)
        AS m (transfer_id, leg, reversing, reversed)
      WHERE l.transfer_id = ANY (ARRAY[m.transfer_id]) AND l.leg = ANY (ARRAY[m.leg])
      """;

  static final String OWE_RELEASES =
      """
      INSERT INTO screening_release (transfer_id, due_at)
      SELECT transfer_id, :dueAt FROM unnest(:transfers) AS r (transfer_id)
      ON CONFLICT (transfer_id) DO NOTHING
      """;

  /// In one order, like the locks: a row that is not there yet could not be locked.
  static final String USE_ALLOWANCES =
      """
      INSERT INTO offline_allowance AS used (account_id, window_start, used_minor, limit_minor)
      SELECT * FROM unnest(:accounts, :windowStarts, :amountsMinor, :limitsMinor) ORDER BY 1, 2
      ON CONFLICT (account_id, window_start) DO UPDATE
        SET used_minor = used.used_minor + excluded.used_minor, limit_minor = excluded.limit_minor
      """;

  /// The row is there: it was used, and is locked.
  static final String GIVE_ALLOWANCES_BACK =
      """
      UPDATE offline_allowance o SET used_minor = o.used_minor + m.minor
      FROM unnest(:accounts, :windowStarts, :amountsMinor) AS m (account_id, window_start, minor)
      WHERE o.account_id = ANY (ARRAY[m.account_id]) AND o.window_start = ANY (ARRAY[m.window_start])
      """;

  static final String USE_OWNER_ALLOWANCES =
      """
      INSERT INTO owner_offline_allowance AS used (owner, window_start, used_minor, limit_minor)
      SELECT * FROM unnest(:owners, :windowStarts, :amountsMinor, :limitsMinor) ORDER BY 1, 2
      ON CONFLICT (owner, window_start) DO UPDATE
        SET used_minor = used.used_minor + excluded.used_minor, limit_minor = excluded.limit_minor
      """;

  static final String GIVE_OWNER_ALLOWANCES_BACK =
      """
      UPDATE owner_offline_allowance o SET used_minor = o.used_minor + m.minor
      FROM unnest(:owners, :windowStarts, :amountsMinor) AS m (owner, window_start, minor)
      WHERE o.owner = ANY (ARRAY[m.owner]) AND o.window_start = ANY (ARRAY[m.window_start])
      """;

  private final StatementPipeline pipeline;
  private final JsonMapper json;

  JournalWriter(StatementPipeline pipeline, JsonMapper json) {
    this.pipeline = pipeline;
    this.json = json;
  }

  void write(PlannedWrites planned, Instant now) {
    some(planned.commands, this::recordCommands);
    some(planned.accounts, opened -> openAccounts(opened, now));
    some(planned.accountChanges, this::writeAccountChanges);
    some(planned.transfers, this::createTransfers);
    some(planned.transfers.stream().flatMap(NewTransfer::legs).toList(), this::createLegs);
    some(planned.transfers.stream().flatMap(NewTransfer::holds).toList(), this::createHolds);
    some(planned.transfers.stream().filter(t -> t.rejection() == null).toList(), this::createSagas);
    some(planned.accountMoves, this::moveAccounts);
    some(planned.entries, this::writeEntries);
    some(planned.lines, this::writeLines);
    some(
        planned.transferMoves.stream().filter(TransferMove::hasMovedSaga).toList(),
        this::moveSagas);
    some(planned.transferMoves.stream().flatMap(TransferMove::holds).toList(), this::moveHolds);
    some(planned.transferMoves, this::moveTransfers);
    some(planned.transferMoves.stream().flatMap(TransferMove::legs).toList(), this::moveLegs);
    some(planned.releasesOwed, owed -> oweReleases(owed, now));
    some(uses(planned.allowanceUses, true), this::useAllowances);
    some(uses(planned.allowanceUses, false), this::giveAllowancesBack);
    some(uses(planned.ownerAllowanceUses, true), this::useOwnerAllowances);
    some(uses(planned.ownerAllowanceUses, false), this::giveOwnerAllowancesBack);
  }

  private void recordCommands(List<NewCommand> rows) {
    ArrayParameters<NewCommand> of = new ArrayParameters<>(rows);
    pipeline
        .add(RECORD_COMMANDS, 0)
        .param("ids", of.uuids(NewCommand::id))
        .param("operations", of.texts(NewCommand::operation))
        .param("sha256s", of.texts(c -> c.fingerprint().sha256()))
        .param("outcomes", of.texts(c -> c.isAccepted() ? "ACCEPTED" : "REJECTED"))
        .param("transfers", of.uuids(NewCommand::transfer))
        .param("accounts", of.uuids(NewCommand::account))
        .param("rejections", of.texts(c -> c.rejection() == null ? null : c.rejection().code()))
        .param("decidedAts", of.instants(NewCommand::decidedAt));
  }

  private void openAccounts(List<OpenAccount> rows, Instant now) {
    ArrayParameters<OpenAccount> of = new ArrayParameters<>(rows);
    pipeline
        .add(OPEN_ACCOUNTS, 0)
        .param("ids", of.uuids(OpenAccount::id))
        .param("owners", of.texts(OpenAccount::owner))
        .param("names", of.texts(OpenAccount::name))
        .param("currencies", of.texts(OpenAccount::currency))
        .param("openedAt", ArrayParameters.utc(now));
  }

  private void writeAccountChanges(List<NewAccountChange> rows) {
    ArrayParameters<NewAccountChange> of = new ArrayParameters<>(rows);
    pipeline
        .add(WRITE_ACCOUNT_CHANGES, 0)
        .param("accounts", of.uuids(c -> c.command().accountId()))
        .param("seqs", of.longs(c -> c.after().changeCount()))
        .param("commands", of.uuids(c -> c.command().id()))
        .param("kinds", of.texts(c -> c.command().change().kind()))
        .param("changedBys", of.texts(c -> c.command().changedBy()))
        .param("byOperators", of.booleans(c -> c.command().byOperator()))
        .param("reasons", of.texts(c -> c.command().reason()))
        .param("statusesBefore", of.texts(c -> c.before().status().name()))
        .param("statusesAfter", of.texts(c -> c.after().status().name()))
        .param("byOwnerBefore", of.texts(c -> c.before().frozenByOwner().name()))
        .param("byOwnerAfter", of.texts(c -> c.after().frozenByOwner().name()))
        .param("byOperatorBefore", of.texts(c -> c.before().frozenByOperator().name()))
        .param("byOperatorAfter", of.texts(c -> c.after().frozenByOperator().name()))
        .param("floorsBefore", of.longsOrNull(c -> c.before().floorMinor()))
        .param("floorsAfter", of.longsOrNull(c -> c.after().floorMinor()))
        .param("changedAts", of.instants(NewAccountChange::changedAt));
  }

  private void createTransfers(List<NewTransfer> rows) {
    ArrayParameters<NewTransfer> of = new ArrayParameters<>(rows);
    pipeline
        .add(CREATE_TRANSFERS, 0)
        .param("ids", of.uuids(t -> t.command().id()))
        .param("initiators", of.texts(t -> t.command().initiator()))
        .param("byOperators", of.booleans(t -> t.command().byOperator()))
        .param("statuses", of.texts(t -> t.rejection() == null ? "PENDING" : "REJECTED"))
        .param("rejections", of.texts(t -> t.rejection() == null ? null : t.rejection().code()))
        .param("debits", of.uuids(t -> t.command().legs().getFirst().debitAccountId()))
        .param("credits", of.uuids(t -> t.command().legs().getFirst().creditAccountId()))
        .param("legCounts", of.integers(t -> t.command().legs().size()))
        .param("amountsMinor", of.longs(t -> t.command().money().amountMinor()))
        .param("currencies", of.texts(t -> t.command().currency()))
        .param("capturesWithin", of.seconds(t -> t.command().captureWithin()))
        .param("reversed", of.uuids(t -> t.command().reverses()))
        .param("reversedLegs", of.integersOrNull(NewTransfer::reversesLeg))
        .param("references", of.texts(t -> t.command().reference()))
        .param("metadatas", of.texts(t -> json.writeValueAsString(t.command().metadata())))
        .param("traceparents", of.texts(t -> t.command().traceparent()))
        .param("createdAts", of.instants(NewTransfer::createdAt))
        .param("expiresAts", of.instants(NewTransfer::expiresAt))
        .param("finishedAts", of.instants(t -> t.rejection() == null ? null : t.createdAt()));
  }

  private void createLegs(List<NewLeg> rows) {
    ArrayParameters<NewLeg> of = new ArrayParameters<>(rows);
    pipeline
        .add(CREATE_LEGS, 0)
        .param("transfers", of.uuids(l -> l.transfer().command().id()))
        .param("numbers", of.integers(NewLeg::number))
        .param("debits", of.uuids(l -> l.leg().debitAccountId()))
        .param("credits", of.uuids(l -> l.leg().creditAccountId()))
        .param("amountsMinor", of.longs(l -> l.leg().amountMinor()))
        .param("createdAts", of.instants(l -> l.transfer().createdAt()))
        .param("refusals", of.booleans(l -> l.transfer().rejection() != null))
        .param("reversedLegs", of.integersOrNull(NewLeg::reversesLeg))
        .param("references", of.texts(l -> l.transfer().command().reference()));
  }

  private void createHolds(List<NewHold> rows) {
    ArrayParameters<NewHold> of = new ArrayParameters<>(rows);
    pipeline
        .add(CREATE_HOLDS, 0)
        .param("transfers", of.uuids(h -> h.transfer().command().id()))
        .param("accounts", of.uuids(NewHold::account))
        .param("amountsMinor", of.longs(NewHold::amountMinor))
        .param("heldAts", of.instants(h -> h.transfer().createdAt()));
  }

  private void createSagas(List<NewTransfer> rows) {
    ArrayParameters<NewTransfer> of = new ArrayParameters<>(rows);
    pipeline
        .add(CREATE_SAGAS, 0)
        .param("transfers", of.uuids(t -> t.command().id()))
        .param("owners", of.texts(t -> t.command().sagaOwner()))
        .param("dueAts", of.instants(NewTransfer::sagaLeaseUntil));
  }

  private void moveAccounts(List<AccountMove> rows) {
    ArrayParameters<AccountMove> of = new ArrayParameters<>(rows);
    pipeline
        .add(MOVE_ACCOUNTS, rows.size())
        .param("accounts", of.uuids(m -> m.before().id()))
        .param("creditsPosted", added(of, AccountState::creditsPostedMinor))
        .param("debitsPosted", added(of, AccountState::debitsPostedMinor))
        .param("creditsPending", added(of, AccountState::creditsPendingMinor))
        .param("debitsPending", added(of, AccountState::debitsPendingMinor))
        .param("lines", added(of, AccountState::lineCount))
        .param("versions", added(of, AccountState::version))
        .param("lastPostedAts", of.instants(AccountMove::postedAt))
        .param("closed", of.booleans(m -> m.after().terms().isClosed()))
        .param("byOwner", of.texts(m -> m.after().terms().frozenByOwner().name()))
        .param("byOperator", of.texts(m -> m.after().terms().frozenByOperator().name()))
        .param("floors", of.longsOrNull(m -> m.after().floorMinor()))
        .param("changes", added(of, a -> a.terms().changeCount()));
  }

  private void writeEntries(List<Entry> rows) {
    ArrayParameters<Entry> of = new ArrayParameters<>(rows);
    pipeline
        .add(WRITE_ENTRIES, 0)
        .param("ids", of.uuids(Entry::id))
        .param("transfers", of.uuids(e -> e.transfer().id()))
        .param("numbers", of.integers(Entry::number))
        .param("debits", of.uuids(e -> e.leg().debitAccountId()))
        .param("credits", of.uuids(e -> e.leg().creditAccountId()))
        .param("amountsMinor", of.longs(e -> e.leg().amountMinor()))
        .param("currencies", of.texts(Entry::currency))
        .param("postedAts", of.instants(Entry::postedAt));
  }

  private void writeLines(List<Line> rows) {
    ArrayParameters<Line> of = new ArrayParameters<>(rows);
    pipeline
        .add(WRITE_LINES, 0)
        .param("accounts", of.uuids(Line::account))
        .param("seqs", of.longs(Line::seq))
        .param("entries", of.uuids(Line::entry))
        .param("sides", of.texts(l -> l.side().name()))
        .param("balancesAfterMinor", of.longs(Line::balanceAfterMinor));
  }

  private void moveSagas(List<TransferMove> rows) {
    ArrayParameters<TransferMove> of = new ArrayParameters<>(rows);
    pipeline
        .add(MOVE_SAGAS, rows.size())
        .param("transfers", of.uuids(m -> m.after().id()))
        .param("epochs", of.longs(m -> m.before().saga().epoch()))
        .param("from", of.texts(m -> m.before().saga().step().name()))
        .param("to", of.texts(m -> m.after().saga().step().name()))
        .param("reasons", of.texts(m -> m.after().saga().reason()))
        .param("dueAts", of.instants(m -> m.after().saga().dueAt()));
  }

  private void moveHolds(List<HoldMove> rows) {
    ArrayParameters<HoldMove> of = new ArrayParameters<>(rows);
    pipeline
        .add(MOVE_HOLDS, rows.size())
        .param("transfers", of.uuids(m -> m.transfer().id()))
        .param("accounts", of.uuids(HoldMove::account))
        .param("from", of.texts(m -> "HELD"))
        .param("statuses", of.texts(HoldMove::status))
        .param("capturedMinor", of.longs(HoldMove::capturedMinor))
        .param("endedAts", of.instants(m -> m.transfer().finishedAt()));
  }

  private void moveTransfers(List<TransferMove> rows) {
    ArrayParameters<TransferMove> of = new ArrayParameters<>(rows);
    pipeline
        .add(MOVE_TRANSFERS, rows.size())
        .param("transfers", of.uuids(m -> m.after().id()))
        .param("from", of.texts(m -> m.before().status().name()))
        .param("statuses", of.texts(m -> m.after().status().name()))
        .param("rejections", of.texts(m -> m.after().rejection()))
        .param("screenings", of.texts(m -> m.after().screening().name()))
        .param("capturedMinor", of.longs(TransferMove::capturedMinor))
        .param("captures", of.integers(m -> m.after().captureCount() - m.before().captureCount()))
        .param("voidsRequested", of.booleans(m -> m.after().isVoidRequested()))
        .param("reversingMinor", of.longs(TransferMove::reversingMinor))
        .param("reversedMinor", of.longs(TransferMove::reversedMinor))
        .param("reversals", of.integers(TransferMove::reversals))
        .param("eventCounts", of.longs(m -> m.after().eventCount()))
        .param("expiresAts", of.instants(m -> m.after().expiresAt()))
        .param("windowStarts", of.instants(m -> m.after().allowanceWindow()))
        .param("finishedAts", of.instants(m -> m.after().finishedAt()));
  }

  private void moveLegs(List<LegMove> rows) {
    ArrayParameters<LegMove> of = new ArrayParameters<>(rows);
    pipeline
        .add(MOVE_LEGS, rows.size())
        .param("transfers", of.uuids(m -> m.transfer().after().id()))
        .param("numbers", of.integers(LegMove::number))
        .param("reversingMinor", of.longs(LegMove::reversingMinor))
        .param("reversedMinor", of.longs(LegMove::reversedMinor));
  }

  private void oweReleases(List<UUID> rows, Instant now) {
    pipeline
        .add(OWE_RELEASES, 0)
        .param("transfers", new ArrayParameters<>(rows).uuids(id -> id))
        .param("dueAt", ArrayParameters.utc(now));
  }

  /// Those of which some is used, all of the batch added up; or those of which some is given back.
  private static <K> List<Map.Entry<K, AllowanceUse>> uses(
      Map<K, AllowanceUse> uses, boolean areUsed) {
    return uses.entrySet().stream()
        .filter(use -> (use.getValue().amountMinor() >= 0) == areUsed)
        .toList();
  }

  private void giveAllowancesBack(List<Map.Entry<AllowanceKey, AllowanceUse>> rows) {
    ArrayParameters<Map.Entry<AllowanceKey, AllowanceUse>> of = new ArrayParameters<>(rows);
    pipeline
        .add(GIVE_ALLOWANCES_BACK, rows.size())
        .param("accounts", of.uuids(use -> use.getKey().account()))
        .param("windowStarts", of.instants(use -> use.getKey().windowStart()))
        .param("amountsMinor", of.longs(use -> use.getValue().amountMinor()));
  }

  private void giveOwnerAllowancesBack(List<Map.Entry<OwnerAllowanceKey, AllowanceUse>> rows) {
    ArrayParameters<Map.Entry<OwnerAllowanceKey, AllowanceUse>> of = new ArrayParameters<>(rows);
    pipeline
        .add(GIVE_OWNER_ALLOWANCES_BACK, rows.size())
        .param("owners", of.texts(use -> use.getKey().owner()))
        .param("windowStarts", of.instants(use -> use.getKey().windowStart()))
        .param("amountsMinor", of.longs(use -> use.getValue().amountMinor()));
  }

  private void useAllowances(List<Map.Entry<AllowanceKey, AllowanceUse>> rows) {
    ArrayParameters<Map.Entry<AllowanceKey, AllowanceUse>> of = new ArrayParameters<>(rows);
    pipeline
        .add(USE_ALLOWANCES, 0)
        .param("accounts", of.uuids(use -> use.getKey().account()))
        .param("windowStarts", of.instants(use -> use.getKey().windowStart()))
        .param("amountsMinor", of.longs(use -> use.getValue().amountMinor()))
        .param("limitsMinor", of.longsOrNull(use -> use.getValue().limitMinor()));
  }

  private void useOwnerAllowances(List<Map.Entry<OwnerAllowanceKey, AllowanceUse>> rows) {
    ArrayParameters<Map.Entry<OwnerAllowanceKey, AllowanceUse>> of = new ArrayParameters<>(rows);
    pipeline
        .add(USE_OWNER_ALLOWANCES, 0)
        .param("owners", of.texts(use -> use.getKey().owner()))
        .param("windowStarts", of.instants(use -> use.getKey().windowStart()))
        .param("amountsMinor", of.longs(use -> use.getValue().amountMinor()))
        .param("limitsMinor", of.longsOrNull(use -> use.getValue().limitMinor()));
  }

  private static SqlArrayValue added(
      ArrayParameters<AccountMove> of, ToLongFunction<AccountState> counter) {
    return of.longs(move -> counter.applyAsLong(move.after()) - counter.applyAsLong(move.before()));
  }

  private static <T> void some(List<T> rows, Consumer<List<T>> write) {
    if (!rows.isEmpty()) {
      write.accept(rows);
    }
  }
}
