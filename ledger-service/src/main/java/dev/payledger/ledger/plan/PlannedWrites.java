package dev.payledger.ledger.plan;

import dev.payledger.contracts.AccountEntryEvent;
import dev.payledger.ledger.command.Fingerprint;
import dev.payledger.ledger.command.JournalCommand.ChangeAccount;
import dev.payledger.ledger.command.JournalCommand.HoldFunds;
import dev.payledger.ledger.command.JournalCommand.OpenAccount;
import dev.payledger.ledger.money.Leg;
import dev.payledger.ledger.money.RejectionReason;
import dev.payledger.ledger.plan.LockedRows.AllowanceKey;
import dev.payledger.ledger.plan.LockedRows.OwnerAllowanceKey;
import dev.payledger.ledger.plan.TransferState.GivenBack;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The rows that a planned batch adds and changes. History in the order in which it happened; a row
/// that several commands changed is changed once, from what was locked to what became of it.
public final class PlannedWrites {
  public final List<NewCommand> commands = new ArrayList<>();
  public final List<OpenAccount> accounts = new ArrayList<>();
  public final List<NewAccountChange> accountChanges = new ArrayList<>();
  public final List<NewTransfer> transfers = new ArrayList<>();
  public final List<AccountMove> accountMoves = new ArrayList<>();
  public final List<Entry> entries = new ArrayList<>();
  public final List<Line> lines = new ArrayList<>();
  public final List<TransferMove> transferMoves = new ArrayList<>();
  public final List<UUID> releasesOwed = new ArrayList<>();
  public final Map<AllowanceKey, AllowanceUse> allowanceUses = new LinkedHashMap<>();
  public final Map<OwnerAllowanceKey, AllowanceUse> ownerAllowanceUses = new LinkedHashMap<>();
  public final List<OutboxEvent> events = new ArrayList<>();

  static <K> void use(
      Map<K, AllowanceUse> uses, K key, long amountMinor, @Nullable Long limitMinor) {
    uses.merge(
        key,
        new AllowanceUse(amountMinor, limitMinor),
        (before, more) ->
            new AllowanceUse(
                Math.addExact(before.amountMinor(), more.amountMinor()),
                more.limitMinor() == null ? before.limitMinor() : more.limitMinor()));
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
              if (!after.equals(before)) {
                transferMoves.add(new TransferMove(before, after));
              }
            });
  }

  /// @param transfer the one that was to be captured or voided
  /// @param account the one that was to be changed
  /// @param rejection why it was not
  public record NewCommand(
      UUID id,
      String operation,
      Fingerprint fingerprint,
      boolean isAccepted,
      @Nullable UUID transfer,
      @Nullable UUID account,
      @Nullable RejectionReason rejection,
      Instant decidedAt) {}

  public record NewAccountChange(
      ChangeAccount command, AccountTerms before, AccountTerms after, Instant changedAt) {}

  /// @param rejection null when its funds are held and its saga starts
  public record NewTransfer(
      HoldFunds command, @Nullable RejectionReason rejection, Instant createdAt) {
    public Instant sagaLeaseUntil() {
      return createdAt.plus(command.sagaLease());
    }

    public Instant expiresAt() {
      return createdAt.plus(command.lifetime());
    }

    /// One for each account that pays; none when it was rejected.
    public Stream<NewHold> holds() {
      return rejection != null
          ? Stream.empty()
          : TransferState.Terms.sums(command.legs()).entrySet().stream()
              .map(debit -> new NewHold(this, debit.getKey(), debit.getValue()));
    }

    /// Which leg the only one gives back; null unless it is a reversal, of one leg.
    public @Nullable Integer reversesLeg() {
      return command.reverses() == null || command.legs().size() > 1
          ? null
          : command.reversesLegs().getFirst();
    }

    /// Of a transfer that has several.
    public Stream<NewLeg> legs() {
      List<Leg> legs = command.legs();
      return legs.size() == 1
          ? Stream.empty()
          : Stream.iterate(1, number -> number + 1)
              .limit(legs.size())
              .map(number -> new NewLeg(this, number, legs.get(number - 1)));
    }
  }

  public record NewHold(NewTransfer transfer, UUID account, long amountMinor) {}

  public record NewLeg(NewTransfer transfer, int number, Leg leg) {
    /// Which leg it gives back; null unless it is a reversal's.
    public @Nullable Integer reversesLeg() {
      return transfer.command().reverses() == null
          ? null
          : transfer.command().reversesLegs().get(number - 1);
    }
  }

  /// Counters are written as what was added: the row's constraints are judged on what is in the
  /// database.
  public record AccountMove(AccountState before, AccountState after) {
    /// When its newest line was posted; null when it got none.
    public @Nullable Instant postedAt() {
      return after.lineCount() == before.lineCount() ? null : after.lastPostedAt();
    }
  }

  /// @param number of the leg; or, captured by request, of the capture
  public record Entry(
      UUID id, TransferState transfer, int number, Leg leg, String currency, Instant postedAt) {}

  public record Line(
      UUID account, long seq, UUID entry, AccountEntryEvent.Side side, long balanceAfterMinor) {}

  /// Of the transfer's row, its saga's and its holds', as far as they changed.
  public record TransferMove(TransferState before, TransferState after) {
    public long capturedMinor() {
      return after.capturedMinor() - before.capturedMinor();
    }

    public long reversingMinor() {
      return after.reversals().pendingMinor() - before.reversals().pendingMinor();
    }

    public long reversedMinor() {
      return after.reversals().postedMinor() - before.reversals().postedMinor();
    }

    public int reversals() {
      return after.reversals().count() - before.reversals().count();
    }

    /// Those whose reversals moved, of a transfer that has several.
    public Stream<LegMove> legs() {
      List<GivenBack> was = before.reversals().ofLegs();
      List<GivenBack> is = after.reversals().ofLegs();
      return is.size() == 1
          ? Stream.empty()
          : IntStream.range(0, is.size())
              .filter(index -> !is.get(index).equals(was.get(index)))
              .mapToObj(index -> new LegMove(this, index + 1, was.get(index), is.get(index)));
    }

    public boolean hasMovedSaga() {
      return !after.saga().equals(before.saga());
    }

    /// Of each account that pays, when some was captured or the rest given back.
    public Stream<HoldMove> holds() {
      if (capturedMinor() == 0 && after.isHoldLive() == before.isHoldLive()) {
        return Stream.empty();
      }
      return after.terms().debitsMinor().entrySet().stream()
          .map(
              debit ->
                  new HoldMove(
                      after,
                      debit.getKey(),
                      // Only a transfer of one leg is captured in parts.
                      capturedMinor() == after.terms().money().amountMinor()
                          ? debit.getValue()
                          : capturedMinor()));
    }
  }

  public record LegMove(TransferMove transfer, int number, GivenBack before, GivenBack after) {
    public long reversingMinor() {
      return after.pendingMinor() - before.pendingMinor();
    }

    public long reversedMinor() {
      return after.postedMinor() - before.postedMinor();
    }
  }

  /// @param capturedMinor more of it
  public record HoldMove(TransferState transfer, UUID account, long capturedMinor) {
    public String status() {
      return switch (transfer.status()) {
        case PENDING, HELD -> "HELD";
        case POSTED -> "CAPTURED";
        case EXPIRED -> "EXPIRED";
        case REJECTED, VOIDED -> "VOIDED";
      };
    }
  }

  /// @param amountMinor below zero when more is given back than used
  /// @param limitMinor null when nothing is used
  public record AllowanceUse(long amountMinor, @Nullable Long limitMinor) {}
}
