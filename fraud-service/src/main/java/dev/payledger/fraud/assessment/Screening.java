package dev.payledger.fraud.assessment;

import dev.payledger.fraud.blocking.BlockedAccounts;
import dev.payledger.fraud.payee.Payees;
import dev.payledger.fraud.rules.Judgement;
import dev.payledger.fraud.rules.Payee;
import dev.payledger.fraud.rules.RuleBook;
import dev.payledger.fraud.rules.RuleInput;
import dev.payledger.fraud.rules.RulesProperties;
import dev.payledger.fraud.rules.Velocity;
import dev.payledger.kit.deadline.Deadline;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/// Assesses a transfer once and releases it once, each in one transaction.
///
/// Lock order, always: first the transfer's turn, one per transaction; then the velocity counters of
/// its debit accounts, in the one order that `VelocityCounters` keeps. So no two wait in a circle.
@Component
public class Screening {
  private final Assessments assessments;
  private final VelocityCounters counters;
  private final Payees payees;
  private final BlockedAccounts blocked;
  private final RuleBook rules;
  private final RulesProperties properties;
  private final TransactionTemplate transaction;
  private final Clock clock;
  private final MeterRegistry meters;

  Screening(
      Assessments assessments,
      VelocityCounters counters,
      Payees payees,
      BlockedAccounts blocked,
      RuleBook rules,
      RulesProperties properties,
      TransactionTemplate transaction,
      Clock clock,
      MeterRegistry meters) {
    this.assessments = assessments;
    this.counters = counters;
    this.payees = payees;
    this.blocked = blocked;
    this.rules = rules;
    this.properties = properties;
    this.transaction = transaction;
    this.clock = clock;
    this.meters = meters;
  }

  /// The verdict on a transfer: the stored one if there is one, else reached and stored now.
  ScreeningOutcome screen(UUID transferId, AssessmentRequest request, Deadline deadline) {
    return Objects.requireNonNull(
        transaction.execute(
            status -> {
              assessments.awaitTurn(transferId);
              if (deadline.hasPassed()) {
                return new ScreeningOutcome.TooLate();
              }
              return assessments
                  .findById(transferId)
                  .orElseGet(() -> assess(transferId, request))
                  .answerTo(request);
            }));
  }

  /// Assesses a transfer that has moved its money unscreened, as if it had been asked about now, so
  /// that an outage is no way around the velocity limit. Does nothing when there is a verdict: the
  /// ledger asked and did not hear it; or a tombstone: then none is ever reached.
  public void assessUnscreened(UUID transferId, AssessmentRequest request) {
    transaction.executeWithoutResult(
        status -> {
          assessments.awaitTurn(transferId);
          if (assessments.findById(transferId).isEmpty()) {
            assess(transferId, request);
          }
        });
  }

  /// Ends a transfer's assessment and releases what it reserved and did not move, or leaves a
  /// tombstone that refuses a later one. False when the caller's time was over first; nothing was done then.
  boolean release(UUID transferId, long movedMinor, Deadline deadline) {
    return Objects.requireNonNull(
        transaction.execute(
            status -> {
              assessments.awaitTurn(transferId);
              if (deadline.hasPassed()) {
                return false;
              }
              Instant now = now();
              Optional<Assessment> stored = assessments.findById(transferId);
              if (stored.isEmpty()) {
                assessments.save(Assessment.tombstone(transferId, now));
                return true;
              }
              var unusedMinor = stored.get().unusedMinor(movedMinor);
              if (assessments.release(transferId, now, movedMinor) == 1) {
                unusedMinor.forEach(counters::release);
              }
              return true;
            }));
  }

  private Assessment assess(UUID transferId, AssessmentRequest request) {
    Instant now = now();
    if (request.operatorInitiated()) {
      // No counter: an operator's transfer neither uses up the window nor waits for it.
      return stored(
          Assessment.verdict(transferId, request, judge(request, List.of(), List.of()), now));
    }
    Window window = Window.at(now, properties.velocityWindow(), request.currency());
    Map<UUID, Long> debitsMinor = request.debitsMinor();
    List<Velocity> velocities = counters.open(window, debitsMinor, properties.velocityLimitMinor());
    Judgement judgement = judge(request, velocities, payees.of(request.pairsMinor(), now));
    Assessment assessment = Assessment.verdict(transferId, request, judgement, now);
    if (assessment.isApproved()) {
      counters.reserve(window, debitsMinor);
      assessment.reservedIn(window, debitsMinor);
    }
    return stored(assessment);
  }

  private Judgement judge(
      AssessmentRequest request, List<Velocity> velocities, List<Payee> payees) {
    return rules.judge(
        new RuleInput(
            request.accountIds(),
            request.amountMinor(),
            request.currency(),
            request.operatorInitiated(),
            velocities,
            payees,
            blocked.among(request.accountIds())));
  }

  private Assessment stored(Assessment assessment) {
    Assessment stored = assessments.save(assessment);
    AssessmentView view = stored.view();
    // After the commit: what was rolled back never happened.
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            meters.counter("fraud.assessment", "verdict", view.verdict().name()).increment();
            view.rules()
                .forEach(rule -> meters.counter("fraud.rule.fired", "rule", rule.id()).increment());
          }
        });
    return stored;
  }

  /// Cut to what the database keeps, so that the first answer has the bytes of all later ones.
  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }
}
