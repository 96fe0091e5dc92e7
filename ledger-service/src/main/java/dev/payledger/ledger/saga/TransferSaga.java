package dev.payledger.ledger.saga;

import dev.payledger.kit.deadline.Deadline;
import dev.payledger.kit.retry.FullJitter;
import dev.payledger.ledger.blocked.BlockedAccounts;
import dev.payledger.ledger.command.JournalCommand.ExpireHold;
import dev.payledger.ledger.command.JournalCommand.HoldFunds;
import dev.payledger.ledger.command.JournalCommand.OfflineAllowance;
import dev.payledger.ledger.command.JournalCommand.PostOutcome;
import dev.payledger.ledger.command.JournalCommand.PostTransfer;
import dev.payledger.ledger.command.JournalCommand.StartCompensation;
import dev.payledger.ledger.command.JournalCommand.StepOutcome;
import dev.payledger.ledger.command.JournalCommand.VoidHold;
import dev.payledger.ledger.command.SagaStep;
import dev.payledger.ledger.journal.DatabaseClock;
import dev.payledger.ledger.journal.Journal;
import dev.payledger.ledger.money.RejectionReason;
import dev.payledger.ledger.screening.FraudScreening;
import dev.payledger.ledger.screening.Verdict;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// The saga of one transfer, after its funds are held:
///
/// | step | action | compensation |
/// | --- | --- | --- |
/// | hold | funds reserved (`Journal`, before this begins) | `VoidHold`: available again |
/// | screen | `FraudScreening.assess` reserves velocity | `FraudScreening.release`, owed durably when fraud is away |
/// | post | `PostTransfer`: debit and credit, the pivot | none: nothing after it can fail |
/// | capture (instead, when by request) | the holder's own commands, or `ExpireHold` when its time is over | none |
///
/// Compensations run newest first. Every transition names the epoch it was decided under and does
/// nothing under an older one, so an owner that slept through its lease changes nothing. After a crash
/// anywhere the row says what is next and `RecoveryRun` goes on; each action is idempotent by the
/// transfer's id, so the step that was interrupted is simply taken again. No transaction is open
/// while fraud-service is asked.
@Component
public class TransferSaga {
  private final Journal journal;
  private final FraudScreening screening;
  private final BlockedAccounts blocked;
  private final SagaClaims claims;
  private final SagaTransfers transfers;
  private final SagaProperties properties;
  private final OfflinePolicy offline;
  private final FullJitter backoff;
  private final JdbcClient sql;
  private final DatabaseClock clock;
  private final AtomicLong started = new AtomicLong();

  TransferSaga(
      Journal journal,
      FraudScreening screening,
      BlockedAccounts blocked,
      SagaClaims claims,
      SagaTransfers transfers,
      SagaProperties properties,
      JdbcClient sql,
      DatabaseClock clock) {
    this.journal = journal;
    this.screening = screening;
    this.blocked = blocked;
    this.claims = claims;
    this.transfers = transfers;
    this.properties = properties;
    this.offline = new OfflinePolicy(properties);
    this.backoff = new FullJitter(properties.backoffBase(), properties.backoffMax());
    this.sql = sql;
    this.clock = clock;
  }

  /// The owner of one saga that this process is about to start. No two requests share one: by it the
  /// journal tells a request that never heard its answer from another that asks for the same.
  public String newOwner() {
    return claims.owner() + "/" + started.incrementAndGet();
  }

  /// How long a first owner has its saga to itself.
  public Duration lease() {
    return properties.leaseDuration();
  }

  /// How long a transfer may take.
  public Duration lifetime() {
    return properties.transferLifetime();
  }

  /// How long screened funds are held for their capture by request.
  public Duration captureWithin() {
    return properties.captureWithin();
  }

  /// Goes on from a hold that this process has just placed, as the saga's first owner.
  public void start(HoldFunds hold, long epoch, Deadline deadline) {
    // How much a reversal gives back was decided by the journal.
    SagaTransfer transfer =
        hold.reversal() != null
            ? transfers.find(hold.id())
            : new SagaTransfer(
                hold.id(),
                hold.initiator(),
                hold.legs(),
                hold.money(),
                hold.byOperator(),
                false,
                null,
                false);
    run(new SagaLease(hold.id(), epoch, 0, SagaStep.SCREEN, false), transfer, deadline);
  }

  /// Moves the saga as far as it goes in the remaining time; what is unfinished then is released.
  void run(SagaLease lease, SagaTransfer transfer, Deadline deadline) {
    switch (lease.step()) {
      case SCREEN -> {
        // What was decided in time is carried out, however late; only a void takes it back.
        if (transfer.isVoidRequested()) {
          startCompensation(lease, transfer, null, deadline);
        } else if (transfer.decision() == ReviewDecision.REJECT) {
          startCompensation(lease, transfer, RejectionReason.REVIEW_REJECTED, deadline);
        } else if (transfer.decision() == ReviewDecision.APPROVE) {
          approve(lease, transfer, deadline);
        } else if (transfer.isExpired()) {
          startCompensation(lease, transfer, null, deadline);
        } else if (!hasTimeToAsk(deadline)) {
          claims.release(lease, Duration.ZERO);
        } else {
          screen(lease, transfer, deadline);
        }
      }
      case CAPTURE ->
          journal.submit(new ExpireHold(transfer.id(), lease.epoch()), deadline.remaining());
      case COMPENSATE -> compensate(lease, transfer, deadline);
      case DONE -> {}
    }
  }

  private void screen(SagaLease lease, SagaTransfer transfer, Deadline deadline) {
    FraudScreening.Attempt attempt =
        new FraudScreening.Attempt(transfer.initiator(), lease.isAsked(), lease.attempts() > 0);
    Verdict verdict = screening.assess(transfer.id(), transfer.question(), attempt, deadline);
    switch (verdict) {
      case APPROVED -> post(lease, transfer, null, deadline);
      case DECLINED, RELEASED ->
          startCompensation(lease, transfer, RejectionReason.FRAUD_DECLINED, deadline);
      // Fraud screening is there: nothing passes without it because the ledger has much to do.
      case CONGESTED, RETRY_LATER -> claims.release(lease, backoff.pause(lease.attempts()));
      case TIMED_OUT -> claims.holdForReview(lease, backoff.pause(lease.attempts()), true);
      case UNAVAILABLE -> goWithoutScreening(lease, transfer, true, deadline);
      case BREAKER_OPEN -> goWithoutScreening(lease, transfer, false, deadline);
    }
  }

  /// What is blocked is declined as if it had been asked about, whatever its amount. The copy of the
  /// list is looked at here, and once more in the transaction that would post it unscreened.
  private void goWithoutScreening(
      SagaLease lease, SagaTransfer transfer, boolean isAsked, Deadline deadline) {
    if (blocked.isAnyOf(transfer.accounts())) {
      startCompensation(lease, transfer, RejectionReason.FRAUD_DECLINED, deadline);
      return;
    }
    boolean passes =
        offline.mayPass(transfer.money().amountMinor())
            && post(lease, transfer, offline.allowance(clock.now(sql)), deadline);
    if (!passes) {
      // The funds stay held and visible as such; screening is asked again until the transfer
      // expires or an operator decides (`Review`).
      claims.holdForReview(lease, backoff.pause(lease.attempts()), isAsked);
    }
  }

  /// An operator's approval takes the place of a verdict, and not of the list of blocked accounts.
  private void approve(SagaLease lease, SagaTransfer transfer, Deadline deadline) {
    if (blocked.isAnyOf(transfer.accounts())) {
      startCompensation(lease, transfer, RejectionReason.FRAUD_DECLINED, deadline);
    } else {
      post(lease, transfer, null, deadline);
    }
  }

  /// @return false when it may not pass unscreened now, and nothing was done
  private boolean post(
      SagaLease lease,
      SagaTransfer transfer,
      @Nullable OfflineAllowance allowance,
      Deadline deadline) {
    PostTransfer command =
        new PostTransfer(transfer.id(), lease.epoch(), transfer.legs().size(), allowance);
    switch (journal.submit(command, deadline.remaining())) {
      case PostOutcome.CannotPost(RejectionReason reason) ->
          startCompensation(lease, transfer, reason, deadline);
      case PostOutcome.VoidRequested() -> startCompensation(lease, transfer, null, deadline);
      case PostOutcome.AllowanceExhausted(), PostOutcome.BlockedAccountsUnknown() -> {
        return false;
      }
      case PostOutcome.Posted(), PostOutcome.Authorized(), PostOutcome.Fenced() -> {}
    }
    return true;
  }

  /// The reason is written down before the first compensation: a crash between the two must not
  /// forget why, and a transfer that fraud has released must never be posted.
  private void startCompensation(
      SagaLease lease, SagaTransfer transfer, @Nullable RejectionReason reason, Deadline deadline) {
    StartCompensation command = new StartCompensation(transfer.id(), lease.epoch(), reason);
    if (journal.submit(command, deadline.remaining()) instanceof StepOutcome.Applied) {
      compensate(lease, transfer, deadline);
    }
  }

  private void compensate(SagaLease lease, SagaTransfer transfer, Deadline deadline) {
    // With no time to hear the answer the release is owed; the funds do not wait for it.
    boolean isReleased =
        hasTimeToAsk(deadline)
            && screening.release(transfer.id(), 0, false, Duration.ZERO, deadline);
    VoidHold command = new VoidHold(transfer.id(), lease.epoch(), !isReleased);
    journal.submit(command, deadline.remaining());
  }

  /// A call that cannot be waited for to its end is not begun: its time-out would count against
  /// fraud-service.
  private boolean hasTimeToAsk(Deadline deadline) {
    return deadline.remaining().compareTo(screening.callTimeout()) >= 0;
  }
}
