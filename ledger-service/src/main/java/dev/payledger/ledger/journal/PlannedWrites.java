package dev.payledger.ledger.journal;

import dev.payledger.contracts.AccountEntryEvent;
import dev.payledger.contracts.TransferEvent;
import dev.payledger.ledger.journal.JournalCommand.HoldFunds;
import dev.payledger.ledger.journal.JournalCommand.OpenAccount;
import dev.payledger.ledger.journal.LockedRows.AllowanceKey;
import dev.payledger.ledger.journal.TransferState.SagaStep;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The rows that a planned batch adds and changes. History in the order in which it happened; a row
/// that several commands changed is changed once, from what was locked to what became of it.
final class PlannedWrites {
  final List<NewCommand> commands = new ArrayList<>();
  final List<OpenAccount> accounts = new ArrayList<>();
  final List<NewTransfer> transfers = new ArrayList<>();
  final List<AccountMove> accountMoves = new ArrayList<>();
  final List<Entry> entries = new ArrayList<>();
  final List<Line> lines = new ArrayList<>();
  final List<SagaMove> sagaMoves = new ArrayList<>();
  final List<Ended> ended = new ArrayList<>();
  final List<ReversalMove> reversalMoves = new ArrayList<>();
  final List<UUID> releasesOwed = new ArrayList<>();
  final Map<AllowanceKey, AllowanceUse> allowanceUses = new LinkedHashMap<>();
  final List<OutboxEvent> events = new ArrayList<>();

  void useAllowance(AllowanceKey key, long amountMinor, long limitMinor) {
    allowanceUses.merge(
        key,
        new AllowanceUse(amountMinor, limitMinor),
        (before, more) ->
            new AllowanceUse(
                Math.addExact(before.amountMinor(), more.amountMinor()), more.limitMinor()));
  }

  /// What became of the locked rows, now that every command is decided.
  void changed(
      LockedRows locked, Map<UUID, AccountState> accounts, Map<UUID, TransferState> transfers) {
    locked
        .accounts()
        .forEach(
            (id, before) -> {
              AccountState after = accounts.getOrDefault(id, before);
              if (after.version() != before.version()) {
                accountMoves.add(new AccountMove(before, after));
              }
            });
    locked
        .transfers()
        .forEach(
            (id, before) -> {
              TransferState after = transfers.getOrDefault(id, before);
              if (after.step() != before.step()) {
                sagaMoves.add(
                    new SagaMove(id, before.epoch(), before.step(), after.step(), after.reason()));
              }
              if (!after.reversals().equals(before.reversals())) {
                reversalMoves.add(new ReversalMove(before, after));
              }
            });
  }

  record NewCommand(
      UUID id, String operation, Fingerprint fingerprint, boolean isAccepted, Instant decidedAt) {}

  /// @param rejection null when its funds are held and its saga starts
  record NewTransfer(HoldFunds command, @Nullable RejectionReason rejection, Instant createdAt) {}

  /// Written as what was added: the row's constraints are judged on what is in the database.
  record AccountMove(AccountState before, AccountState after) {
    /// When its newest line was posted; null when it got none.
    @Nullable Instant postedAt() {
      return after.lineCount() == before.lineCount() ? null : after.lastPostedAt();
    }
  }

  record Entry(UUID id, TransferState transfer, Instant postedAt) {}

  record Line(
      UUID account, long seq, UUID entry, AccountEntryEvent.Side side, long balanceAfterMinor) {}

  record SagaMove(UUID transfer, long epoch, SagaStep from, SagaStep to, @Nullable String reason) {}

  /// Of the transfer that is given back.
  record ReversalMove(TransferState before, TransferState after) {
    long pendingMinor() {
      return after.reversals().pendingMinor() - before.reversals().pendingMinor();
    }

    long postedMinor() {
      return after.reversals().postedMinor() - before.reversals().postedMinor();
    }
  }

  /// @param transfer as it is now that it is final
  record Ended(
      TransferState transfer,
      @Nullable String rejection,
      TransferEvent.Screening screening,
      Instant endedAt) {

    /// How its hold ended.
    String holdStatus() {
      return switch (transfer.status()) {
        case POSTED -> "CAPTURED";
        case EXPIRED -> "EXPIRED";
        case REJECTED, PENDING -> "VOIDED";
      };
    }

    long capturedMinor() {
      return transfer.status() == TransferState.Status.POSTED ? transfer.money().amountMinor() : 0;
    }
  }

  record AllowanceUse(long amountMinor, long limitMinor) {}
}
