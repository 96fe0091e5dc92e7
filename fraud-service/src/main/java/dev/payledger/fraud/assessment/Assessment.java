package dev.payledger.fraud.assessment;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;

import dev.payledger.fraud.rules.Judgement;
import jakarta.persistence.CollectionTable;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.OrderColumn;
import jakarta.persistence.Table;
import jakarta.persistence.Transient;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Persistable;

/// A stored verdict with what it was reached on and what it reserved, or the bare tombstone of a
/// transfer that was released before it was assessed. Written once; only `releasedAt` is set later,
/// by `Assessments.release`.
@Entity
@Immutable
@Table(name = "assessment")
class Assessment implements Persistable<UUID> {
  @Id private UUID transferId;

  /// Written only: the sum is in the row so that the database can hold the legs against it.
  @SuppressWarnings("UnusedVariable")
  private @Nullable Long amountMinor;

  private @Nullable String currency;
  private @Nullable Boolean operatorInitiated;

  @Enumerated(EnumType.STRING)
  private @Nullable Verdict verdict;

  private @Nullable Integer score;

  /// Written only: the score from which this verdict was "declined", whatever it is by now.
  @SuppressWarnings("UnusedVariable")
  private @Nullable Integer declineScore;

  private @Nullable Instant assessedAt;
  private @Nullable Instant releasedAt;

  @ElementCollection
  @Immutable
  @CollectionTable(name = "assessment_leg", joinColumns = @JoinColumn(name = "transfer_id"))
  @OrderColumn(name = "position")
  private List<Leg> legs = new ArrayList<>();

  @ElementCollection
  @Immutable
  @CollectionTable(name = "assessment_rule", joinColumns = @JoinColumn(name = "transfer_id"))
  @OrderColumn(name = "position")
  private List<FiredRule> rules = new ArrayList<>();

  @ElementCollection
  @Immutable
  @CollectionTable(name = "reservation", joinColumns = @JoinColumn(name = "transfer_id"))
  private Set<Reservation> reservations = new HashSet<>();

  @Transient private boolean isNew;

  protected Assessment() {}

  static Assessment verdict(
      UUID transferId, AssessmentRequest request, Judgement judgement, Instant assessedAt) {
    Assessment assessment = new Assessment();
    assessment.isNew = true;
    assessment.transferId = transferId;
    assessment.legs.addAll(request.legs());
    assessment.amountMinor = request.amountMinor();
    assessment.currency = request.currency();
    assessment.operatorInitiated = request.operatorInitiated();
    assessment.verdict = judgement.isDecline() ? Verdict.DECLINED : Verdict.APPROVED;
    assessment.score = judgement.score();
    assessment.declineScore = judgement.declineScore();
    judgement.findings().stream().map(FiredRule::of).forEach(assessment.rules::add);
    assessment.assessedAt = assessedAt;
    return assessment;
  }

  static Assessment tombstone(UUID transferId, Instant releasedAt) {
    Assessment assessment = new Assessment();
    assessment.isNew = true;
    assessment.transferId = transferId;
    assessment.releasedAt = releasedAt;
    return assessment;
  }

  /// Notes what is reserved on which counters, which is where a release gives it back.
  Assessment reservedIn(Window window, Map<UUID, Long> amountsMinor) {
    amountsMinor.forEach(
        (debitAccountId, amountMinor) ->
            reservations.add(
                new Reservation(
                    debitAccountId, window.currency(), window.startsAt(), amountMinor)));
    return this;
  }

  boolean isApproved() {
    return verdict == Verdict.APPROVED;
  }

  boolean isReleased() {
    return releasedAt != null;
  }

  /// What was reserved on the counters of which windows and is not used; nothing when nothing was.
  ///
  /// @param movedMinor what the transfer has moved; one that debits several accounts moves whole or
  ///     not at all
  Map<Window, Map<UUID, Long>> unusedMinor(long movedMinor) {
    return reservations.stream()
        .filter(reservation -> reservation.reservedMinor() > movedMinor)
        .collect(
            groupingBy(
                Reservation::window,
                toMap(
                    Reservation::debitAccountId,
                    reservation -> reservation.reservedMinor() - movedMinor)));
  }

  ScreeningOutcome answerTo(AssessmentRequest again) {
    if (isReleased()) {
      return new ScreeningOutcome.Released();
    }
    AssessmentRequest first =
        new AssessmentRequest(
            Objects.requireNonNull(currency), Objects.requireNonNull(operatorInitiated), legs);
    return first.equals(again)
        ? new ScreeningOutcome.Assessed(view())
        : new ScreeningOutcome.Mismatch();
  }

  AssessmentView view() {
    return new AssessmentView(
        transferId,
        Objects.requireNonNull(verdict),
        Objects.requireNonNull(score),
        List.copyOf(rules),
        Objects.requireNonNull(assessedAt));
  }

  @Override
  public UUID getId() {
    return transferId;
  }

  /// True makes Spring Data insert without looking first: the primary key is the last arbiter.
  @Override
  public boolean isNew() {
    return isNew;
  }
}
