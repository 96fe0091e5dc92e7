package dev.payledger.ledger.journal;

import dev.payledger.ledger.journal.JournalCommand.OpenAccount;
import dev.payledger.ledger.journal.LockedRows.AllowanceKey;
import dev.payledger.ledger.journal.PlannedWrites.AccountMove;
import dev.payledger.ledger.journal.PlannedWrites.AllowanceUse;
import dev.payledger.ledger.journal.PlannedWrites.Ended;
import dev.payledger.ledger.journal.PlannedWrites.Entry;
import dev.payledger.ledger.journal.PlannedWrites.Line;
import dev.payledger.ledger.journal.PlannedWrites.NewCommand;
import dev.payledger.ledger.journal.PlannedWrites.NewTransfer;
import dev.payledger.ledger.journal.PlannedWrites.ReversalMove;
import dev.payledger.ledger.journal.PlannedWrites.SagaMove;
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
final class JournalWrites {
  static final String RECORD_COMMANDS =
      """
      INSERT INTO command (id, operation, fingerprint, outcome, decided_at)
      SELECT id, operation, decode(sha256, 'hex'), outcome, decided_at
      FROM unnest(:ids, :operations, :sha256s, :outcomes, :decidedAts)
        AS c (id, operation, sha256, outcome, decided_at)
      """;

  static final String OPEN_ACCOUNTS =
      """
      INSERT INTO account (id, owner, name, currency, opened_at)
      SELECT id, owner, name, currency, :openedAt
      FROM unnest(:ids, :owners, :names, :currencies) AS a (id, owner, name, currency)
      """;

  static final String CREATE_TRANSFERS =
      """
      INSERT INTO transfer (id, initiator, by_operator, status, rejection, debit_account_id,
        credit_account_id, amount_minor, currency, reverses, reference, metadata, event_count,
        traceparent, created_at, expires_at, finished_at)
      SELECT id, initiator, by_operator, status, rejection, debit_account_id, credit_account_id,
        amount_minor, currency, reverses, reference, CAST(metadata AS jsonb), 1, traceparent,
        created_at, expires_at, finished_at
      FROM unnest(:ids, :initiators, :byOperators, :statuses, :rejections, :debits, :credits,
          :amountsMinor, :currencies, :reversed, :references, :metadatas, :traceparents, :createdAts,
          :expiresAts, :finishedAts)
        AS t (id, initiator, by_operator, status, rejection, debit_account_id, credit_account_id,
          amount_minor, currency, reverses, reference, metadata, traceparent, created_at,
          expires_at, finished_at)
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

  /// Adds to what is there: the CHECKs judge the row in the database, whatever was planned.
  static final String MOVE_ACCOUNTS =
      """
      UPDATE account a SET
        credits_posted_minor = a.credits_posted_minor + m.credits_posted,
        debits_posted_minor = a.debits_posted_minor + m.debits_posted,
        credits_pending_minor = a.credits_pending_minor + m.credits_pending,
        debits_pending_minor = a.debits_pending_minor + m.debits_pending,
        line_count = a.line_count + m.lines, version = a.version + m.versions,
        last_posted_at = coalesce(m.last_posted_at, a.last_posted_at)
      FROM unnest(:accounts, :creditsPosted, :debitsPosted, :creditsPending, :debitsPending, :lines,
          :versions, :lastPostedAts)
        AS m (id, credits_posted, debits_posted, credits_pending, debits_pending, lines, versions,
          last_posted_at)
      WHERE a.id = m.id
      """;

  static final String WRITE_ENTRIES =
      """
      INSERT INTO journal_entry (id, transfer_id, debit_account_id, credit_account_id, amount_minor,
        currency, posted_at)
      SELECT * FROM unnest(:ids, :transfers, :debits, :credits, :amountsMinor, :currencies,
        :postedAts)
      """;

  static final String WRITE_LINES =
      """
      INSERT INTO account_line (account_id, seq, entry_id, side, balance_after_minor)
      SELECT * FROM unnest(:accounts, :seqs, :entries, :sides, :balancesAfterMinor)
      """;

  static final String MOVE_SAGAS =
      """
      UPDATE saga s SET step = m.step, reason = m.reason
      FROM unnest(:transfers, :epochs, :from, :to, :reasons)
        AS m (transfer_id, epoch, from_step, step, reason)
      WHERE s.transfer_id = m.transfer_id AND s.epoch = m.epoch AND s.step = m.from_step
      """;

  static final String END_HOLDS =
      """
      UPDATE hold h SET status = e.status, captured_minor = e.captured_minor, ended_at = e.ended_at
      FROM unnest(:transfers, :accounts, :statuses, :capturedMinor, :endedAts)
        AS e (transfer_id, account_id, status, captured_minor, ended_at)
      WHERE h.transfer_id = e.transfer_id AND h.account_id = e.account_id AND h.status = 'HELD'
      """;

  static final String FINISH_TRANSFERS =
      """
      UPDATE transfer t SET status = f.status, rejection = f.rejection, screening = f.screening,
        event_count = f.event_count, finished_at = f.finished_at
      FROM unnest(:transfers, :statuses, :rejections, :screenings, :eventCounts, :finishedAts)
        AS f (id, status, rejection, screening, event_count, finished_at)
      WHERE t.id = f.id AND t.status = 'PENDING'
      """;

  static final String MOVE_REVERSALS =
      """
      UPDATE transfer t SET reversing_minor = t.reversing_minor + r.pending,
        reversed_minor = t.reversed_minor + r.posted
      FROM unnest(:transfers, :pendingMinor, :postedMinor) AS r (id, pending, posted)
      WHERE t.id = r.id
      """;

  static final String OWE_RELEASES =
      """
      INSERT INTO screening_release (transfer_id, due_at)
      SELECT transfer_id, :dueAt FROM unnest(:transfers) AS r (transfer_id)
      ON CONFLICT (transfer_id) DO NOTHING
      """;

  static final String USE_ALLOWANCES =
      """
      INSERT INTO offline_allowance AS used (account_id, window_start, used_minor, limit_minor)
      SELECT * FROM unnest(:accounts, :windowStarts, :amountsMinor, :limitsMinor)
      ON CONFLICT (account_id, window_start) DO UPDATE
        SET used_minor = used.used_minor + excluded.used_minor, limit_minor = excluded.limit_minor
      """;

  private final Pipeline pipeline;
  private final JsonMapper json;

  JournalWrites(Pipeline pipeline, JsonMapper json) {
    this.pipeline = pipeline;
    this.json = json;
  }

  void write(PlannedWrites planned, Instant now) {
    some(planned.commands, this::recordCommands);
    some(planned.accounts, opened -> openAccounts(opened, now));
    some(planned.transfers, this::createTransfers);
    some(planned.transfers.stream().filter(t -> t.rejection() == null).toList(), this::hold);
    some(planned.accountMoves, this::moveAccounts);
    some(planned.entries, this::writeEntries);
    some(planned.lines, this::writeLines);
    some(planned.sagaMoves, this::moveSagas);
    some(planned.ended, this::end);
    some(planned.reversalMoves, this::moveReversals);
    some(planned.releasesOwed, owed -> oweReleases(owed, now));
    some(List.copyOf(planned.allowanceUses.entrySet()), this::useAllowances);
  }

  private void recordCommands(List<NewCommand> rows) {
    Columns<NewCommand> of = new Columns<>(rows);
    pipeline
        .add(RECORD_COMMANDS, 0)
        .param("ids", of.uuids(NewCommand::id))
        .param("operations", of.texts(NewCommand::operation))
        .param("sha256s", of.texts(c -> c.fingerprint().sha256()))
        .param("outcomes", of.texts(c -> c.isAccepted() ? "ACCEPTED" : "REJECTED"))
        .param("decidedAts", of.instants(NewCommand::decidedAt));
  }

  private void openAccounts(List<OpenAccount> rows, Instant now) {
    Columns<OpenAccount> of = new Columns<>(rows);
    pipeline
        .add(OPEN_ACCOUNTS, 0)
        .param("ids", of.uuids(OpenAccount::id))
        .param("owners", of.texts(OpenAccount::owner))
        .param("names", of.texts(OpenAccount::name))
        .param("currencies", of.texts(OpenAccount::currency))
        .param("openedAt", Columns.utc(now));
  }

  private void createTransfers(List<NewTransfer> rows) {
    Columns<NewTransfer> of = new Columns<>(rows);
    pipeline
        .add(CREATE_TRANSFERS, 0)
        .param("ids", of.uuids(t -> t.command().id()))
        .param("initiators", of.texts(t -> t.command().initiator()))
        .param("byOperators", of.booleans(t -> t.command().byOperator()))
        .param("statuses", of.texts(t -> t.rejection() == null ? "PENDING" : "REJECTED"))
        .param("rejections", of.texts(t -> t.rejection() == null ? null : t.rejection().code()))
        .param("debits", of.uuids(t -> t.command().debitAccountId()))
        .param("credits", of.uuids(t -> t.command().creditAccountId()))
        .param("amountsMinor", of.longs(t -> t.command().money().amountMinor()))
        .param("currencies", of.texts(t -> t.command().money().currency()))
        .param("reversed", of.uuids(t -> t.command().reverses()))
        .param("references", of.texts(t -> t.command().reference()))
        .param("metadatas", of.texts(t -> json.writeValueAsString(t.command().metadata())))
        .param("traceparents", of.texts(t -> t.command().traceparent()))
        .param("createdAts", of.instants(NewTransfer::createdAt))
        .param("expiresAts", of.instants(t -> t.command().expiresAt()))
        .param("finishedAts", of.instants(t -> t.rejection() == null ? null : t.createdAt()));
  }

  private void hold(List<NewTransfer> rows) {
    Columns<NewTransfer> of = new Columns<>(rows);
    pipeline
        .add(CREATE_HOLDS, 0)
        .param("transfers", of.uuids(t -> t.command().id()))
        .param("accounts", of.uuids(t -> t.command().debitAccountId()))
        .param("amountsMinor", of.longs(t -> t.command().money().amountMinor()))
        .param("heldAts", of.instants(NewTransfer::createdAt));
    pipeline
        .add(CREATE_SAGAS, 0)
        .param("transfers", of.uuids(t -> t.command().id()))
        .param("owners", of.texts(t -> t.command().sagaOwner()))
        .param("dueAts", of.instants(t -> t.command().sagaLeaseUntil()));
  }

  private void moveAccounts(List<AccountMove> rows) {
    Columns<AccountMove> of = new Columns<>(rows);
    pipeline
        .add(MOVE_ACCOUNTS, rows.size())
        .param("accounts", of.uuids(m -> m.before().id()))
        .param("creditsPosted", added(of, AccountState::creditsPostedMinor))
        .param("debitsPosted", added(of, AccountState::debitsPostedMinor))
        .param("creditsPending", added(of, AccountState::creditsPendingMinor))
        .param("debitsPending", added(of, AccountState::debitsPendingMinor))
        .param("lines", added(of, AccountState::lineCount))
        .param("versions", added(of, AccountState::version))
        .param("lastPostedAts", of.instants(AccountMove::postedAt));
  }

  private void writeEntries(List<Entry> rows) {
    Columns<Entry> of = new Columns<>(rows);
    pipeline
        .add(WRITE_ENTRIES, 0)
        .param("ids", of.uuids(Entry::id))
        .param("transfers", of.uuids(e -> e.transfer().id()))
        .param("debits", of.uuids(e -> e.transfer().debitAccountId()))
        .param("credits", of.uuids(e -> e.transfer().creditAccountId()))
        .param("amountsMinor", of.longs(e -> e.transfer().money().amountMinor()))
        .param("currencies", of.texts(e -> e.transfer().money().currency()))
        .param("postedAts", of.instants(Entry::postedAt));
  }

  private void writeLines(List<Line> rows) {
    Columns<Line> of = new Columns<>(rows);
    pipeline
        .add(WRITE_LINES, 0)
        .param("accounts", of.uuids(Line::account))
        .param("seqs", of.longs(Line::seq))
        .param("entries", of.uuids(Line::entry))
        .param("sides", of.texts(l -> l.side().name()))
        .param("balancesAfterMinor", of.longs(Line::balanceAfterMinor));
  }

  private void moveSagas(List<SagaMove> rows) {
    Columns<SagaMove> of = new Columns<>(rows);
    pipeline
        .add(MOVE_SAGAS, rows.size())
        .param("transfers", of.uuids(SagaMove::transfer))
        .param("epochs", of.longs(SagaMove::epoch))
        .param("from", of.texts(m -> m.from().name()))
        .param("to", of.texts(m -> m.to().name()))
        .param("reasons", of.texts(SagaMove::reason));
  }

  private void end(List<Ended> rows) {
    Columns<Ended> of = new Columns<>(rows);
    pipeline
        .add(END_HOLDS, rows.size())
        .param("transfers", of.uuids(e -> e.transfer().id()))
        .param("accounts", of.uuids(e -> e.transfer().debitAccountId()))
        .param("statuses", of.texts(e -> e.holdStatus()))
        .param("capturedMinor", of.longs(Ended::capturedMinor))
        .param("endedAts", of.instants(Ended::endedAt));
    pipeline
        .add(FINISH_TRANSFERS, rows.size())
        .param("transfers", of.uuids(e -> e.transfer().id()))
        .param("statuses", of.texts(e -> e.transfer().status().name()))
        .param("rejections", of.texts(Ended::rejection))
        .param("screenings", of.texts(e -> e.screening().name()))
        .param("eventCounts", of.longs(e -> e.transfer().eventCount()))
        .param("finishedAts", of.instants(Ended::endedAt));
  }

  private void moveReversals(List<ReversalMove> rows) {
    Columns<ReversalMove> of = new Columns<>(rows);
    pipeline
        .add(MOVE_REVERSALS, rows.size())
        .param("transfers", of.uuids(m -> m.before().id()))
        .param("pendingMinor", of.longs(ReversalMove::pendingMinor))
        .param("postedMinor", of.longs(ReversalMove::postedMinor));
  }

  private void oweReleases(List<UUID> rows, Instant now) {
    pipeline
        .add(OWE_RELEASES, 0)
        .param("transfers", new Columns<>(rows).uuids(id -> id))
        .param("dueAt", Columns.utc(now));
  }

  private void useAllowances(List<Map.Entry<AllowanceKey, AllowanceUse>> rows) {
    Columns<Map.Entry<AllowanceKey, AllowanceUse>> of = new Columns<>(rows);
    pipeline
        .add(USE_ALLOWANCES, 0)
        .param("accounts", of.uuids(use -> use.getKey().account()))
        .param("windowStarts", of.instants(use -> use.getKey().windowStart()))
        .param("amountsMinor", of.longs(use -> use.getValue().amountMinor()))
        .param("limitsMinor", of.longs(use -> use.getValue().limitMinor()));
  }

  private static SqlArrayValue added(
      Columns<AccountMove> of, ToLongFunction<AccountState> counter) {
    return of.longs(move -> counter.applyAsLong(move.after()) - counter.applyAsLong(move.before()));
  }

  private static <T> void some(List<T> rows, Consumer<List<T>> write) {
    if (!rows.isEmpty()) {
      write.accept(rows);
    }
  }
}
