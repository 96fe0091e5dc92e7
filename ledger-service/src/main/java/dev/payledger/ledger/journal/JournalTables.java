package dev.payledger.ledger.journal;

import dev.payledger.ledger.journal.JournalCommand.HoldFunds;
import dev.payledger.ledger.journal.JournalCommand.OfflineAllowance;
import dev.payledger.ledger.journal.JournalCommand.OpenAccount;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/// The journal's SQL. Rows are locked in one order everywhere, transfer, then saga, then hold, then
/// accounts by id, so that two transactions never wait for each other in a circle.
///
/// Each statement finds its rows through an index (`JournalPlansIT` asserts it): under SERIALIZABLE a
/// sequential scan conflicts with every other transfer in the table.
final class JournalTables {
  static final String FIND_COMMAND =
      "SELECT encode(fingerprint, 'hex') AS sha256 FROM command WHERE id = :id";

  static final String RECORD_COMMAND =
      """
      INSERT INTO command (id, operation, fingerprint, outcome, decided_at)
      VALUES (:id, :operation, decode(:sha256, 'hex'), :outcome, :decidedAt)
      """;

  static final String OPEN_ACCOUNT =
      """
      INSERT INTO account (id, owner, name, currency, opened_at)
      VALUES (:id, :owner, :name, :currency, :openedAt)
      """;

  /// ORDER BY comes before the lock is taken, row by row: that is the global order.
  static final String LOCK_ACCOUNTS =
      """
      SELECT id, currency, kind, status, floor_minor, credits_posted_minor, debits_posted_minor,
        debits_pending_minor, line_count, last_posted_at
      FROM account WHERE id IN (:debit, :credit) ORDER BY id FOR NO KEY UPDATE
      """;

  static final String CREATE_TRANSFER =
      """
      INSERT INTO transfer (id, initiator, by_operator, status, rejection, debit_account_id,
        credit_account_id, amount_minor, currency, reference, metadata, event_count, traceparent,
        created_at, expires_at, finished_at)
      VALUES (:id, :initiator, :byOperator, :status, :rejection, :debit, :credit, :amountMinor,
        :currency, :reference, CAST(:metadata AS jsonb), 1, :traceparent, :createdAt, :expiresAt,
        :finishedAt)
      """;

  static final String CREATE_HOLD =
      """
      INSERT INTO hold (transfer_id, account_id, amount_minor, held_at)
      VALUES (:transfer, :debit, :amountMinor, :heldAt)
      """;

  static final String HOLD_ON_DEBIT_ACCOUNT =
      """
      UPDATE account SET debits_pending_minor = debits_pending_minor + :amountMinor,
        version = version + 1
      WHERE id = :debit
      """;

  static final String HOLD_ON_CREDIT_ACCOUNT =
      """
      UPDATE account SET credits_pending_minor = credits_pending_minor + :amountMinor,
        version = version + 1
      WHERE id = :credit
      """;

  static final String CREATE_SAGA =
      """
      INSERT INTO saga (transfer_id, step, owner, epoch, due_at)
      VALUES (:transfer, 'SCREEN', :owner, 1, :leaseUntil)
      """;

  static final String LOCK_TRANSFER =
      """
      SELECT t.id, t.status, t.debit_account_id, t.credit_account_id, t.amount_minor, t.currency,
        t.event_count, t.traceparent, s.step, s.epoch, s.reason
      FROM transfer t JOIN saga s ON s.transfer_id = t.id
      WHERE t.id = :transfer FOR UPDATE
      """;

  static final String LOCK_HOLD =
      """
      SELECT amount_minor FROM hold
      WHERE transfer_id = :transfer AND account_id = :debit AND status = 'HELD' FOR UPDATE
      """;

  static final String END_HOLD =
      """
      UPDATE hold SET status = :status, captured_minor = :capturedMinor, ended_at = :endedAt
      WHERE transfer_id = :transfer AND account_id = :debit AND status = 'HELD'
      """;

  static final String DEBIT =
      """
      UPDATE account SET debits_posted_minor = debits_posted_minor + :amountMinor,
        debits_pending_minor = debits_pending_minor - :amountMinor, line_count = line_count + 1,
        last_posted_at = :postedAt, version = version + 1
      WHERE id = :debit
      """;

  static final String CREDIT =
      """
      UPDATE account SET credits_posted_minor = credits_posted_minor + :amountMinor,
        credits_pending_minor = credits_pending_minor - :amountMinor, line_count = line_count + 1,
        last_posted_at = :postedAt, version = version + 1
      WHERE id = :credit
      """;

  static final String RELEASE_DEBIT_ACCOUNT =
      """
      UPDATE account SET debits_pending_minor = debits_pending_minor - :amountMinor,
        version = version + 1
      WHERE id = :debit
      """;

  static final String RELEASE_CREDIT_ACCOUNT =
      """
      UPDATE account SET credits_pending_minor = credits_pending_minor - :amountMinor,
        version = version + 1
      WHERE id = :credit
      """;

  static final String WRITE_ENTRY =
      """
      INSERT INTO journal_entry (id, transfer_id, debit_account_id, credit_account_id, amount_minor,
        currency, posted_at)
      VALUES (:entry, :transfer, :debit, :credit, :amountMinor, :currency, :postedAt)
      """;

  static final String WRITE_LINE =
      """
      INSERT INTO account_line (account_id, seq, entry_id, side, balance_after_minor)
      VALUES (:account, :seq, :entry, :side, :balanceAfterMinor)
      """;

  static final String FINISH_TRANSFER =
      """
      UPDATE transfer SET status = :status, rejection = :rejection, screening = :screening,
        event_count = event_count + 1, finished_at = :finishedAt
      WHERE id = :transfer AND status = 'PENDING'
      """;

  static final String MOVE_SAGA =
      """
      UPDATE saga SET step = :to, reason = :reason
      WHERE transfer_id = :transfer AND step = :from AND epoch = :epoch
      """;

  static final String OWE_RELEASE =
      """
      INSERT INTO screening_release (transfer_id, due_at) VALUES (:transfer, :dueAt)
      ON CONFLICT (transfer_id) DO NOTHING
      """;

  /// Nothing is updated, and so nothing returned, when the allowance would be passed.
  static final String USE_ALLOWANCE =
      """
      INSERT INTO offline_allowance AS used (account_id, window_start, used_minor, limit_minor)
      SELECT :account, :windowStart, CAST(:amountMinor AS bigint), CAST(:limitMinor AS bigint)
      WHERE CAST(:amountMinor AS bigint) <= CAST(:limitMinor AS bigint)
      ON CONFLICT (account_id, window_start) DO UPDATE
        SET used_minor = used.used_minor + excluded.used_minor, limit_minor = excluded.limit_minor
        WHERE used.used_minor + excluded.used_minor <= excluded.limit_minor
      """;

  private final JdbcClient sql;

  JournalTables(JournalTransaction tx) {
    this.sql = tx.sql();
  }

  Optional<Fingerprint> command(UUID id) {
    return sql.sql(FIND_COMMAND)
        .param("id", id)
        .query((row, n) -> new Fingerprint(row.getString("sha256")))
        .optional();
  }

  void recordCommand(
      UUID id, String operation, Fingerprint fingerprint, boolean isAccepted, Instant decidedAt) {
    sql.sql(RECORD_COMMAND)
        .param("id", id)
        .param("operation", operation)
        .param("sha256", fingerprint.sha256())
        .param("outcome", isAccepted ? "ACCEPTED" : "REJECTED")
        .param("decidedAt", utc(decidedAt))
        .update();
  }

  void openAccount(OpenAccount command, Instant openedAt) {
    sql.sql(OPEN_ACCOUNT)
        .param("id", command.id())
        .param("owner", command.owner())
        .param("name", command.name())
        .param("currency", command.currency())
        .param("openedAt", utc(openedAt))
        .update();
  }

  /// The accounts that exist of the two, locked until the end of the transaction.
  Map<UUID, AccountState> lockAccounts(UUID debit, UUID credit) {
    return sql
        .sql(LOCK_ACCOUNTS)
        .param("debit", debit)
        .param("credit", credit)
        .query((row, n) -> account(row))
        .list()
        .stream()
        .collect(Collectors.toMap(AccountState::id, Function.identity()));
  }

  void createTransfer(
      HoldFunds command,
      @Nullable RejectionReason rejection,
      String metadataJson,
      Instant createdAt) {
    sql.sql(CREATE_TRANSFER)
        .param("id", command.id())
        .param("initiator", command.initiator())
        .param("byOperator", command.byOperator())
        .param("status", rejection == null ? "PENDING" : "REJECTED")
        .param("rejection", rejection == null ? null : rejection.code())
        .param("debit", command.debitAccountId())
        .param("credit", command.creditAccountId())
        .param("amountMinor", command.money().amountMinor())
        .param("currency", command.money().currency())
        .param("reference", command.reference())
        .param("metadata", metadataJson)
        .param("traceparent", command.traceparent())
        .param("createdAt", utc(createdAt))
        .param("expiresAt", utc(command.expiresAt()))
        .param("finishedAt", rejection == null ? null : utc(createdAt))
        .update();
  }

  void hold(HoldFunds command, Instant heldAt) {
    long amountMinor = command.money().amountMinor();
    sql.sql(CREATE_HOLD)
        .param("transfer", command.id())
        .param("debit", command.debitAccountId())
        .param("amountMinor", amountMinor)
        .param("heldAt", utc(heldAt))
        .update();
    one(
        sql.sql(HOLD_ON_DEBIT_ACCOUNT)
            .param("amountMinor", amountMinor)
            .param("debit", command.debitAccountId())
            .update());
    one(
        sql.sql(HOLD_ON_CREDIT_ACCOUNT)
            .param("amountMinor", amountMinor)
            .param("credit", command.creditAccountId())
            .update());
    sql.sql(CREATE_SAGA)
        .param("transfer", command.id())
        .param("owner", command.sagaOwner())
        .param("leaseUntil", utc(command.sagaLeaseUntil()))
        .update();
  }

  Optional<TransferState> lockTransfer(UUID transfer) {
    return sql.sql(LOCK_TRANSFER)
        .param("transfer", transfer)
        .query((row, n) -> transfer(row))
        .optional();
  }

  boolean isHoldLive(TransferState transfer) {
    return sql.sql(LOCK_HOLD)
        .param("transfer", transfer.id())
        .param("debit", transfer.debitAccountId())
        .query(Long.class)
        .optional()
        .isPresent();
  }

  void endHold(TransferState transfer, String status, long capturedMinor, Instant endedAt) {
    one(
        sql.sql(END_HOLD)
            .param("status", status)
            .param("capturedMinor", capturedMinor)
            .param("endedAt", utc(endedAt))
            .param("transfer", transfer.id())
            .param("debit", transfer.debitAccountId())
            .update());
  }

  void post(TransferState transfer, UUID entry, Instant postedAt) {
    sql.sql(WRITE_ENTRY)
        .param("entry", entry)
        .param("transfer", transfer.id())
        .param("debit", transfer.debitAccountId())
        .param("credit", transfer.creditAccountId())
        .param("amountMinor", transfer.money().amountMinor())
        .param("currency", transfer.money().currency())
        .param("postedAt", utc(postedAt))
        .update();
    one(
        sql.sql(DEBIT)
            .param("amountMinor", transfer.money().amountMinor())
            .param("postedAt", utc(postedAt))
            .param("debit", transfer.debitAccountId())
            .update());
    one(
        sql.sql(CREDIT)
            .param("amountMinor", transfer.money().amountMinor())
            .param("postedAt", utc(postedAt))
            .param("credit", transfer.creditAccountId())
            .update());
  }

  void writeLine(UUID account, long seq, UUID entry, String side, long balanceAfterMinor) {
    sql.sql(WRITE_LINE)
        .param("account", account)
        .param("seq", seq)
        .param("entry", entry)
        .param("side", side)
        .param("balanceAfterMinor", balanceAfterMinor)
        .update();
  }

  void release(TransferState transfer) {
    one(
        sql.sql(RELEASE_DEBIT_ACCOUNT)
            .param("amountMinor", transfer.money().amountMinor())
            .param("debit", transfer.debitAccountId())
            .update());
    one(
        sql.sql(RELEASE_CREDIT_ACCOUNT)
            .param("amountMinor", transfer.money().amountMinor())
            .param("credit", transfer.creditAccountId())
            .update());
  }

  void finish(
      TransferState transfer,
      String status,
      @Nullable String rejection,
      String screening,
      Instant finishedAt) {
    one(
        sql.sql(FINISH_TRANSFER)
            .param("status", status)
            .param("rejection", rejection)
            .param("screening", screening)
            .param("finishedAt", utc(finishedAt))
            .param("transfer", transfer.id())
            .update());
  }

  /// The fenced transition: false when the saga is past this step or another owner has it.
  boolean moveSaga(
      UUID transfer,
      long epoch,
      TransferState.SagaStep from,
      TransferState.SagaStep to,
      @Nullable String reason) {
    return sql.sql(MOVE_SAGA)
            .param("to", to.name())
            .param("reason", reason)
            .param("transfer", transfer)
            .param("from", from.name())
            .param("epoch", epoch)
            .update()
        == 1;
  }

  void oweRelease(UUID transfer, Instant dueAt) {
    sql.sql(OWE_RELEASE).param("transfer", transfer).param("dueAt", utc(dueAt)).update();
  }

  boolean useAllowance(UUID account, OfflineAllowance allowance, long amountMinor) {
    return sql.sql(USE_ALLOWANCE)
            .param("account", account)
            .param("windowStart", utc(allowance.windowStart()))
            .param("amountMinor", amountMinor)
            .param("limitMinor", allowance.limitMinor())
            .update()
        == 1;
  }

  private static AccountState account(ResultSet row) throws SQLException {
    return new AccountState(
        row.getObject("id", UUID.class),
        row.getString("currency"),
        row.getString("kind").equals("SYSTEM"),
        AccountState.Status.valueOf(row.getString("status")),
        row.getObject("floor_minor", Long.class),
        row.getLong("credits_posted_minor"),
        row.getLong("debits_posted_minor"),
        row.getLong("debits_pending_minor"),
        row.getLong("line_count"),
        row.getObject("last_posted_at", OffsetDateTime.class).toInstant());
  }

  private static TransferState transfer(ResultSet row) throws SQLException {
    return new TransferState(
        row.getObject("id", UUID.class),
        row.getString("status").equals("PENDING"),
        row.getObject("debit_account_id", UUID.class),
        row.getObject("credit_account_id", UUID.class),
        new Money(row.getLong("amount_minor"), row.getString("currency")),
        row.getLong("event_count"),
        row.getString("traceparent"),
        TransferState.SagaStep.valueOf(row.getString("step")),
        row.getLong("epoch"),
        row.getString("reason"));
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  private static void one(int rows) {
    if (rows != 1) {
      throw new IllegalStateException("a locked row was not there to change");
    }
  }
}
