package dev.payledger.fraud.assessment;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Transient;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.hibernate.annotations.Immutable;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Persistable;

/// A stored verdict with what it was reached on, or the bare tombstone of a transfer that was
/// released before it was assessed. Written once; only `releasedAt` is set later, by
/// `Assessments.release`.
@Entity
@Immutable
@Table(name = "assessment")
class Assessment implements Persistable<UUID> {
  @Id private UUID transferId;
  private @Nullable UUID debitAccountId;
  private @Nullable UUID creditAccountId;
  private @Nullable Long amountMinor;
  private @Nullable String currency;
  private @Nullable Boolean operatorInitiated;

  @Enumerated(EnumType.STRING)
  private @Nullable Verdict verdict;

  @JdbcTypeCode(SqlTypes.ARRAY)
  @Column(columnDefinition = "text[]")
  private @Nullable List<String> rulesFired;

  private long reservedMinor;
  private @Nullable Instant windowStartsAt;
  private @Nullable Instant assessedAt;
  private @Nullable Instant releasedAt;

  @Transient private boolean isNew;

  protected Assessment() {}

  static Assessment verdict(
      UUID transferId, AssessmentRequest request, List<String> rulesFired, Instant assessedAt) {
    Assessment assessment = new Assessment();
    assessment.isNew = true;
    assessment.transferId = transferId;
    assessment.debitAccountId = request.debitAccountId();
    assessment.creditAccountId = request.creditAccountId();
    assessment.amountMinor = request.amountMinor();
    assessment.currency = request.currency();
    assessment.operatorInitiated = request.operatorInitiated();
    assessment.verdict = rulesFired.isEmpty() ? Verdict.APPROVED : Verdict.DECLINED;
    assessment.rulesFired = rulesFired;
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

  /// Notes the whole amount as reserved on the counter, which is where a release gives it back.
  Assessment reservedOn(VelocityCounter.Key counter) {
    reservedMinor = Objects.requireNonNull(amountMinor);
    windowStartsAt = counter.windowStartsAt();
    return this;
  }

  boolean isApproved() {
    return verdict == Verdict.APPROVED;
  }

  boolean isReleased() {
    return releasedAt != null;
  }

  long reservedMinor() {
    return reservedMinor;
  }

  /// The counter that the reservation is on.
  VelocityCounter.Key counter() {
    return new VelocityCounter.Key(
        Objects.requireNonNull(debitAccountId),
        Objects.requireNonNull(currency),
        Objects.requireNonNull(windowStartsAt));
  }

  ScreeningOutcome answerTo(AssessmentRequest again) {
    if (isReleased()) {
      return new ScreeningOutcome.Released();
    }
    AssessmentRequest first =
        new AssessmentRequest(
            Objects.requireNonNull(debitAccountId),
            Objects.requireNonNull(creditAccountId),
            Objects.requireNonNull(amountMinor),
            Objects.requireNonNull(currency),
            Objects.requireNonNull(operatorInitiated));
    return first.equals(again)
        ? new ScreeningOutcome.Assessed(view(), isNew)
        : new ScreeningOutcome.Mismatch();
  }

  private AssessmentView view() {
    return new AssessmentView(
        transferId,
        Objects.requireNonNull(verdict),
        Objects.requireNonNull(rulesFired),
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
