package dev.payledger.ledger.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.payledger.contracts.AccountEntryEvent;
import dev.payledger.contracts.TransferEvent;
import dev.payledger.ledger.command.Fingerprint;
import dev.payledger.ledger.command.JournalCommand;
import dev.payledger.ledger.command.JournalCommand.CaptureHold;
import dev.payledger.ledger.command.JournalCommand.ChangeOutcome;
import dev.payledger.ledger.command.JournalCommand.HoldFunds;
import dev.payledger.ledger.command.JournalCommand.HoldOutcome;
import dev.payledger.ledger.command.JournalCommand.OfflineAllowance;
import dev.payledger.ledger.command.JournalCommand.PostOutcome;
import dev.payledger.ledger.command.JournalCommand.PostTransfer;
import dev.payledger.ledger.command.JournalCommand.Reversal;
import dev.payledger.ledger.command.JournalCommand.ReversedLeg;
import dev.payledger.ledger.command.JournalCommand.StartCompensation;
import dev.payledger.ledger.command.JournalCommand.StepOutcome;
import dev.payledger.ledger.command.JournalCommand.VoidHold;
import dev.payledger.ledger.command.JournalCommand.VoidTransfer;
import dev.payledger.ledger.command.SagaStep;
import dev.payledger.ledger.command.Sides;
import dev.payledger.ledger.money.Leg;
import dev.payledger.ledger.money.RejectionReason;
import dev.payledger.ledger.plan.LockedRows.AllowanceKey;
import dev.payledger.ledger.plan.LockedRows.KnownCommand;
import dev.payledger.ledger.plan.LockedRows.OwnerAllowanceKey;
import dev.payledger.ledger.plan.LockedRows.Unscreened;
import dev.payledger.ledger.plan.PlannedWrites.Line;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// What the commands of one batch make of each other. Accounts are A, B and C, with 100 on A.
class BatchPlanTest {
  private static final UUID A = new UUID(0, 1);
  private static final UUID B = new UUID(0, 2);
  private static final UUID C = new UUID(0, 3);
  private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
  private static final Fingerprint ASKED = Fingerprint.of(List.of("asked"));
  private static final Fingerprint OTHER = Fingerprint.of(List.of("other"));
  private static final OfflineAllowance ALLOWANCE = new OfflineAllowance(NOW, 50, 80);

  private final Map<UUID, KnownCommand> known = new HashMap<>();
  private final Map<UUID, TransferState> transfers = new HashMap<>();
  private final Map<UUID, AccountState> accounts = new HashMap<>();
  private final Map<AllowanceKey, Long> allowances = new HashMap<>();
  private final Map<OwnerAllowanceKey, Long> ownerAllowances = new HashMap<>();
  private final Map<UUID, String> owners = new HashMap<>();
  private final Set<UUID> blocked = new HashSet<>();
  private boolean isListComplete = true;

  BatchPlanTest() {
    accounts.put(A, account(A, 100, 0));
    accounts.put(B, account(B, 0, 0));
    accounts.put(C, account(C, 0, 0));
  }

  @Test
  void theSecondOfTwoThatWantTheSameFundsIsRejected() {
    HoldFunds first = hold(A, B, 60);
    HoldFunds second = hold(A, C, 60);
    HoldFunds third = hold(A, C, 40);

    BatchPlan plan = plan(first, second, third);

    assertThat(outcomes(plan))
        .containsExactly(
            new HoldOutcome.Held(first.id(), 1),
            new HoldOutcome.Rejected(second.id(), RejectionReason.INSUFFICIENT_FUNDS),
            new HoldOutcome.Held(third.id(), 1));
    assertThat(moved(plan, A).debitsPendingMinor()).isEqualTo(100);
    assertThat(moved(plan, C).creditsPendingMinor()).isEqualTo(40);
    assertThat(plan.writes().commands).hasSize(3);
    assertThat(plan.writes().accountMoves).as("one move for each account").hasSize(3);
  }

  @Test
  void whatAnEarlierCommandCreditsALaterOneMaySpend() {
    PostTransfer credit = new PostTransfer(held(A, B, 100, 1), 1, 1, null);
    HoldFunds spend = hold(B, C, 100);

    assertThat(outcomes(plan(credit, spend)))
        .containsExactly(new PostOutcome.Posted(), new HoldOutcome.Held(spend.id(), 1));
    assertThat(outcomes(plan(spend, credit)))
        .as("and not before")
        .containsExactly(
            new HoldOutcome.Rejected(spend.id(), RejectionReason.INSUFFICIENT_FUNDS),
            new PostOutcome.Posted());
  }

  @Test
  void theSameCommandTwiceIsDecidedOnce() {
    HoldFunds first = hold(A, B, 60);
    HoldFunds again = like(first, ASKED, "another request");
    HoldFunds altered = like(first, OTHER, "a third");

    BatchPlan plan = plan(first, again, altered);

    assertThat(outcomes(plan))
        .containsExactly(
            new HoldOutcome.Held(first.id(), 1),
            new HoldOutcome.Replayed(first.id()),
            new HoldOutcome.IdReused());
    assertThat(plan.writes().transfers).hasSize(1);
    assertThat(moved(plan, A).debitsPendingMinor()).isEqualTo(60);
  }

  @Test
  void aRequestThatNeverHeardItsAnswerGoesOnAndAnotherDoesNot() {
    HoldFunds command = hold(A, B, 60);
    known.put(command.id(), new KnownCommand(ASKED, command.sagaOwner(), 1, null));
    assertThat(outcomes(plan(command))).containsExactly(new HoldOutcome.Held(command.id(), 1));

    known.put(command.id(), new KnownCommand(ASKED, "another request", 1, null));
    assertThat(outcomes(plan(command))).containsExactly(new HoldOutcome.Replayed(command.id()));

    known.put(command.id(), new KnownCommand(ASKED, command.sagaOwner(), 2, null));
    assertThat(outcomes(plan(command)))
        .as("a recovery has it")
        .containsExactly(new HoldOutcome.Replayed(command.id()));
    assertThat(plan(command).writes().commands).isEmpty();
  }

  @Test
  void linesAreNumberedOnAndBalancesRunOn() {
    UUID first = held(A, B, 30, 1);
    UUID second = held(A, B, 20, 1);

    BatchPlan plan =
        plan(new PostTransfer(first, 1, 1, null), new PostTransfer(second, 1, 1, null));

    assertThat(lines(plan, A))
        .extracting(Line::seq, Line::balanceAfterMinor)
        .containsExactly(tuple(1L, 70L), tuple(2L, 50L));
    assertThat(lines(plan, B))
        .extracting(Line::seq, Line::balanceAfterMinor)
        .containsExactly(tuple(1L, 30L), tuple(2L, 50L));
    assertThat(moved(plan, A).lineCount()).isEqualTo(2);
    assertThat(
            plan.writes().events.stream()
                .map(OutboxEvent::payload)
                .filter(AccountEntryEvent.class::isInstance))
        .hasSize(4);
  }

  @Test
  void oneOwnerPostsOnceHoweverOftenItAsksAndAnotherNever() {
    UUID transfer = held(A, B, 30, 2);

    BatchPlan plan =
        plan(
            new PostTransfer(transfer, 1, 1, null),
            new PostTransfer(transfer, 2, 1, null),
            new PostTransfer(transfer, 2, 1, null));

    assertThat(outcomes(plan))
        .containsExactly(
            new PostOutcome.Fenced(), new PostOutcome.Posted(), new PostOutcome.Posted());
    assertThat(plan.writes().entries).hasSize(1);
  }

  @Test
  void turningBackAndVoidingInOneBatchChangeTheSagaOnce() {
    UUID transfer = held(A, B, 30, 1);

    BatchPlan plan =
        plan(
            new StartCompensation(transfer, 1, RejectionReason.FRAUD_DECLINED),
            new StartCompensation(transfer, 1, RejectionReason.FRAUD_DECLINED),
            new PostTransfer(transfer, 1, 1, null),
            new VoidHold(transfer, 1, true),
            new VoidHold(transfer, 1, true));

    assertThat(outcomes(plan))
        .containsExactly(
            new StepOutcome.Applied(),
            new StepOutcome.Applied(),
            new PostOutcome.Fenced(),
            new StepOutcome.Applied(),
            new StepOutcome.Applied());
    assertThat(plan.writes().transferMoves)
        .singleElement()
        .satisfies(
            move -> {
              assertThat(move.before().saga().step()).isEqualTo(SagaStep.SCREEN);
              assertThat(move.after().saga().step()).isEqualTo(SagaStep.DONE);
              assertThat(move.after().saga().reason()).isEqualTo("fraud-declined");
              assertThat(move.after().screening()).isEqualTo(TransferEvent.Screening.DECLINED);
              assertThat(move.holds())
                  .singleElement()
                  .satisfies(
                      hold -> {
                        assertThat(hold.status()).isEqualTo("VOIDED");
                        assertThat(hold.capturedMinor()).isZero();
                      });
            });
    assertThat(plan.writes().releasesOwed).containsExactly(transfer);
    assertThat(moved(plan, A).availableMinor()).isEqualTo(100);
  }

  @Test
  void capturesInOneBatchShareWhatIsHeldAndAVoidEndsIt() {
    UUID transfer = toCapture(A, B, 100);

    BatchPlan plan =
        plan(
            new PostTransfer(transfer, 1, 1, null),
            capture(transfer, 60L, false),
            capture(transfer, 41L, false),
            capture(transfer, 30L, false),
            new VoidTransfer(UUID.randomUUID(), ASKED, transfer),
            capture(transfer, 1L, false));

    assertThat(outcomes(plan))
        .containsExactly(
            new PostOutcome.Authorized(),
            new ChangeOutcome.Accepted(),
            new ChangeOutcome.Rejected(RejectionReason.CAPTURE_LIMIT),
            new ChangeOutcome.Accepted(),
            new ChangeOutcome.Accepted(),
            new ChangeOutcome.Rejected(RejectionReason.NOT_CAPTURABLE));
    assertThat(plan.writes().entries)
        .extracting(PlannedWrites.Entry::number, entry -> entry.leg().amountMinor())
        .containsExactly(tuple(1, 60L), tuple(2, 30L));
    assertThat(plan.writes().transferMoves)
        .singleElement()
        .satisfies(
            move -> {
              assertThat(move.capturedMinor()).isEqualTo(90);
              assertThat(move.after().status()).isEqualTo(TransferState.Status.VOIDED);
            });
    assertThat(moved(plan, A).availableMinor()).isEqualTo(10);
    assertThat(moved(plan, A).version()).as("one for each command that changed it").isEqualTo(11);
    assertThat(plan.writes().releasesOwed).as("of the rest").containsExactly(transfer);
  }

  @Test
  void aPendingTransferThatIsToBeVoidedIsNotPosted() {
    UUID transfer = held(A, B, 30, 1);

    BatchPlan plan =
        plan(
            new VoidTransfer(UUID.randomUUID(), ASKED, transfer),
            new PostTransfer(transfer, 1, 1, null),
            new StartCompensation(transfer, 1, null),
            new VoidHold(transfer, 1, false));

    assertThat(outcomes(plan))
        .containsExactly(
            new ChangeOutcome.Requested(),
            new PostOutcome.VoidRequested(),
            new StepOutcome.Applied(),
            new StepOutcome.Applied());
    assertThat(plan.writes().transferMoves)
        .singleElement()
        .satisfies(
            move -> assertThat(move.after().status()).isEqualTo(TransferState.Status.VOIDED));
  }

  @Test
  void twoUnscreenedOnesShareTheAllowance() {
    UUID first = held(A, B, 30, 1);
    UUID second = held(A, B, 30, 1);
    allowances.put(new AllowanceKey(A, NOW), 10L);

    BatchPlan plan =
        plan(new PostTransfer(first, 1, 1, ALLOWANCE), new PostTransfer(second, 1, 1, ALLOWANCE));

    assertThat(outcomes(plan))
        .containsExactly(new PostOutcome.Posted(), new PostOutcome.AllowanceExhausted());
    assertThat(plan.writes().allowanceUses.values())
        .singleElement()
        .satisfies(use -> assertThat(use.amountMinor()).isEqualTo(30));
  }

  /// An owner may open accounts without end, and gets no more for it.
  @Test
  void twoAccountsShareTheAllowanceOfTheirOwner() {
    owners.put(A, "alice");
    owners.put(C, "alice");
    ownerAllowances.put(new OwnerAllowanceKey("alice", NOW), 20L);
    UUID first = held(A, B, 40, 1);
    UUID second = held(C, B, 30, 1);
    UUID third = held(C, B, 20, 1);

    BatchPlan plan =
        plan(
            new PostTransfer(first, 1, 1, ALLOWANCE),
            new PostTransfer(second, 1, 1, ALLOWANCE),
            new PostTransfer(third, 1, 1, ALLOWANCE));

    assertThat(outcomes(plan))
        .containsExactly(
            new PostOutcome.Posted(),
            new PostOutcome.AllowanceExhausted(),
            new PostOutcome.Posted());
    assertThat(plan.writes().ownerAllowanceUses.values())
        .singleElement()
        .satisfies(use -> assertThat(use.amountMinor()).isEqualTo(60));
    assertThat(plan.writes().allowanceUses).hasSize(2);
  }

  @Test
  void nothingPassesUnscreenedFromOrToABlockedAccount() {
    UUID from = held(A, B, 30, 1);
    UUID to = held(B, A, 30, 1);
    UUID among = held(B, C, 30, 1);
    blocked.add(A);

    assertThat(
            outcomes(
                plan(
                    new PostTransfer(from, 1, 1, ALLOWANCE),
                    new PostTransfer(to, 1, 1, ALLOWANCE),
                    new PostTransfer(among, 1, 1, ALLOWANCE))))
        .containsExactly(
            new PostOutcome.CannotPost(RejectionReason.FRAUD_DECLINED),
            new PostOutcome.CannotPost(RejectionReason.FRAUD_DECLINED),
            new PostOutcome.Posted());
  }

  @Test
  void nothingPassesUnscreenedBeforeTheListHasArrived() {
    isListComplete = false;
    UUID transfer = held(A, B, 30, 1);

    BatchPlan plan = plan(new PostTransfer(transfer, 1, 1, ALLOWANCE));

    assertThat(outcomes(plan)).containsExactly(new PostOutcome.BlockedAccountsUnknown());
    assertThat(plan.writes().allowanceUses).isEmpty();
    assertThat(plan.writes().transferMoves).isEmpty();
  }

  @Test
  void twoReversalsOfOneTransferShareItsAmountAndTheirEndsAreCounted() {
    UUID paid = held(A, B, 100, 1);
    HoldFunds first = reversal(paid, 60);
    HoldFunds second = reversal(paid, 60);

    BatchPlan plan = plan(new PostTransfer(paid, 1, 1, null), first, second);

    assertThat(outcomes(plan))
        .containsExactly(
            new PostOutcome.Posted(),
            new HoldOutcome.Held(first.id(), 1),
            new HoldOutcome.Rejected(second.id(), RejectionReason.REVERSAL_LIMIT));
    assertThat(plan.writes().transferMoves)
        .singleElement()
        .satisfies(
            move -> {
              assertThat(move.reversingMinor()).isEqualTo(60);
              assertThat(move.reversedMinor()).isZero();
            });
  }

  @Test
  void loggedCommandOmitsCallerText() {
    HoldFunds hold = hold(A, B, 60);

    assertThat(hold.toString()).isEqualTo("HoldFunds[" + hold.id() + "]");
  }

  @Test
  void reversalOfRestUsesAmountLeftAtDecision() {
    UUID paid = held(A, B, 100, 1);
    HoldFunds part = reversal(paid, 60);
    HoldFunds rest = reversal(paid, 100, true);
    HoldFunds nothing = reversal(paid, 100, true);

    BatchPlan plan = plan(new PostTransfer(paid, 1, 1, null), part, rest, nothing);

    assertThat(outcomes(plan).subList(2, 4))
        .containsExactly(
            new HoldOutcome.Held(rest.id(), 1),
            new HoldOutcome.Rejected(nothing.id(), RejectionReason.REVERSAL_LIMIT));
    assertThat(plan.writes().transfers)
        .extracting(transfer -> transfer.command().money().amountMinor())
        .containsExactly(60L, 40L, 100L);
  }

  @Test
  void aDecisionNamesTheVersionsItWasTakenOn() {
    HoldFunds first = hold(A, B, 60);
    HoldFunds second = hold(A, C, 60);

    List<CommandResult<?>> decisions = plan(first, second).decisions();

    assertThat(decisions.get(0).decidedOn()).isEqualTo(Map.of(A, 7L, B, 7L));
    assertThat(decisions.get(1).decidedOn()).isEqualTo(Map.of(A, 8L, C, 7L));
  }

  @Test
  void anAccountsTimeNeverGoesBack() {
    accounts.put(B, account(B, 0, 0).afterCredit(0, NOW.plusSeconds(5)));
    UUID transfer = held(A, B, 30, 1);

    BatchPlan plan = plan(new PostTransfer(transfer, 1, 1, null));

    assertThat(plan.writes().entries.getFirst().postedAt()).isEqualTo(NOW.plusSeconds(5));
    assertThat(moved(plan, A).lastPostedAt()).isEqualTo(NOW.plusSeconds(5));
  }

  @Test
  void aTransferThatNobodyHeldIsABugAndNotAnAnswer() {
    assertThatThrownBy(() -> plan(new PostTransfer(UUID.randomUUID(), 1, 1, null)))
        .hasMessageContaining("no saga of transfer");
  }

  private BatchPlan plan(JournalCommand<?>... commands) {
    return BatchPlan.of(
        List.of(commands),
        new LockedRows(
            known,
            transfers,
            accounts,
            new Unscreened(allowances, ownerAllowances, owners, blocked, isListComplete)),
        NOW);
  }

  private static List<Object> outcomes(BatchPlan plan) {
    return plan.decisions().stream().map(CommandResult::outcome).collect(Collectors.toList());
  }

  private static AccountState moved(BatchPlan plan, UUID account) {
    return plan.writes().accountMoves.stream()
        .filter(move -> move.before().id().equals(account))
        .findFirst()
        .orElseThrow()
        .after();
  }

  private static List<Line> lines(BatchPlan plan, UUID account) {
    return new ArrayList<>(
        plan.writes().lines.stream().filter(line -> line.account().equals(account)).toList());
  }

  /// A transfer whose funds were held by an earlier batch.
  private UUID held(UUID debit, UUID credit, long minor, long epoch) {
    UUID id = UUID.randomUUID();
    accounts.computeIfPresent(debit, (key, account) -> account.afterDebitHeld(minor));
    accounts.computeIfPresent(credit, (key, account) -> account.afterCreditExpected(minor));
    transfers.put(
        id, TransferStates.pending(id, List.of(new Leg(debit, credit, minor)), null, epoch));
    return id;
  }

  private UUID toCapture(UUID debit, UUID credit, long minor) {
    UUID id = held(debit, credit, minor, 1);
    transfers.put(
        id,
        TransferStates.pending(id, List.of(new Leg(debit, credit, minor)), Duration.ofHours(1), 1));
    return id;
  }

  private static CaptureHold capture(UUID transfer, Long minor, boolean isFinal) {
    return new CaptureHold(UUID.randomUUID(), ASKED, transfer, minor, isFinal);
  }

  private static HoldFunds reversal(UUID original, long minor) {
    return reversal(original, minor, false);
  }

  private static HoldFunds reversal(UUID original, long minor, boolean isRest) {
    HoldFunds hold = hold(B, A, minor);
    return new HoldFunds(
        hold.id(),
        hold.fingerprint(),
        hold.initiator(),
        false,
        hold.legs(),
        "EUR",
        null,
        new Reversal(original, List.of(new ReversedLeg(1, isRest))),
        null,
        Map.of(),
        null,
        hold.sagaOwner(),
        hold.sagaLease(),
        hold.lifetime());
  }

  private static HoldFunds hold(UUID debit, UUID credit, long minor) {
    return hold(UUID.randomUUID(), ASKED, "request", debit, credit, minor);
  }

  private static HoldFunds like(HoldFunds command, Fingerprint fingerprint, String owner) {
    return hold(
        command.id(),
        fingerprint,
        owner,
        command.legs().getFirst().debitAccountId(),
        command.legs().getFirst().creditAccountId(),
        command.money().amountMinor());
  }

  private static HoldFunds hold(
      UUID id, Fingerprint fingerprint, String owner, UUID debit, UUID credit, long minor) {
    return new HoldFunds(
        id,
        fingerprint,
        "alice",
        false,
        List.of(new Leg(debit, credit, minor)),
        "EUR",
        null,
        null,
        null,
        Map.of(),
        null,
        owner,
        Duration.ofSeconds(10),
        Duration.ofMinutes(15));
  }

  private static AccountState account(UUID id, long balance, long lines) {
    return new AccountState(
        id,
        "EUR",
        false,
        new AccountTerms(false, Sides.NONE, Sides.NONE, 0L, 0),
        balance,
        0,
        0,
        0,
        lines,
        Instant.EPOCH,
        7);
  }
}
