package dev.payledger.fraud.assessment;

import dev.payledger.fraud.rules.RuleBook;
import dev.payledger.fraud.rules.RuleInput;
import dev.payledger.fraud.rules.RulesProperties;
import dev.payledger.fraud.web.Deadline;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// Assesses a transfer once and releases it once, each in one transaction.
///
/// Lock order, always: first the transfer's turn, then its velocity counter. A transaction takes one
/// of each at most, so no two can wait for each other.
@Component
class Screening {
  private final Assessments assessments;
  private final VelocityCounters counters;
  private final RuleBook rules;
  private final RulesProperties properties;
  private final TransactionTemplate transaction;
  private final Clock clock;
  private final MeterRegistry meters;

  Screening(
      Assessments assessments,
      VelocityCounters counters,
      RuleBook rules,
      RulesProperties properties,
      TransactionTemplate transaction,
      Clock clock,
      MeterRegistry meters) {
    this.assessments = assessments;
    this.counters = counters;
    this.rules = rules;
    this.properties = properties;
    this.transaction = transaction;
    this.clock = clock;
    this.meters = meters;
  }

  /// The verdict on a transfer: the stored one if there is one, else reached and stored now.
  ScreeningOutcome screen(UUID transferId, AssessmentRequest request, Deadline deadline) {
    ScreeningOutcome outcome =
        Objects.requireNonNull(
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
    // Counted after the commit: what was rolled back never happened.
    if (outcome instanceof ScreeningOutcome.Assessed assessed && assessed.isNew()) {
      meters.counter("fraud.assessment", "verdict", assessed.view().verdict().name()).increment();
    }
    return outcome;
  }

  /// Ends a transfer's assessment and gives its reservation back, or leaves a tombstone that refuses
  /// a later one. False when the caller's time was over first; nothing was done then.
  boolean release(UUID transferId, Deadline deadline) {
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
              } else if (assessments.release(transferId, now) == 1
                  && stored.get().reservedMinor() > 0) {
                giveBack(stored.get());
              }
              return true;
            }));
  }

  private Assessment assess(UUID transferId, AssessmentRequest request) {
    Instant now = now();
    Set<UUID> blocked = blockedAmong(request);
    if (request.operatorInitiated()) {
      // No counter: an operator's transfer neither uses up the window nor waits for it.
      return assessments.save(
          Assessment.verdict(transferId, request, fired(request, 0, 0, blocked), now));
    }
    VelocityCounter.Key key =
        VelocityCounter.Key.at(
            now, properties.velocityWindow(), request.debitAccountId(), request.currency());
    counters.open(
        key.debitAccountId(),
        key.currency(),
        key.windowStartsAt(),
        properties.velocityLimitMinor());
    VelocityCounter counter =
        counters.lock(key.debitAccountId(), key.currency(), key.windowStartsAt());
    Assessment assessment =
        Assessment.verdict(
            transferId,
            request,
            fired(request, counter.reservedMinor(), counter.limitMinor(), blocked),
            now);
    if (assessment.isApproved()) {
      reserve(counter.key(), request.amountMinor());
      assessment.reservedOn(counter.key());
    }
    return assessments.save(assessment);
  }

  private List<String> fired(
      AssessmentRequest request, long reservedMinor, long velocityLimitMinor, Set<UUID> blocked) {
    return rules.fired(
        new RuleInput(
            request.debitAccountId(),
            request.creditAccountId(),
            request.amountMinor(),
            request.currency(),
            request.operatorInitiated(),
            reservedMinor,
            velocityLimitMinor,
            blocked));
  }

  private Set<UUID> blockedAmong(AssessmentRequest request) {
    Set<UUID> blocked = new HashSet<>(properties.blockedAccounts());
    blocked.addAll(
        assessments.blockedAmong(List.of(request.debitAccountId(), request.creditAccountId())));
    return blocked;
  }

  private void reserve(VelocityCounter.Key key, long amountMinor) {
    if (counters.reserve(key.debitAccountId(), key.currency(), key.windowStartsAt(), amountMinor)
        != 1) {
      throw new IllegalStateException("the rules approved what the counter refuses: " + key);
    }
  }

  private void giveBack(Assessment released) {
    VelocityCounter.Key key = released.counter();
    if (counters.giveBack(
            key.debitAccountId(), key.currency(), key.windowStartsAt(), released.reservedMinor())
        != 1) {
      throw new IllegalStateException("the counter lacks what was reserved on it: " + key);
    }
  }

  /// Cut to what the database keeps, so that the first answer has the bytes of all later ones.
  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }
}
