package dev.payledger.ledger.plan;

import dev.payledger.contracts.TransferEvent;
import dev.payledger.ledger.command.SagaStep;
import dev.payledger.ledger.money.Leg;
import dev.payledger.ledger.money.Money;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A transfer's row, its saga's and its holds', as they are under the lock, or what the commands of a
/// batch have made of them so far.
///
/// @param eventCount number of its newest event
/// @param capturedMinor how much of it is posted
/// @param captureCount captures by request so far
/// @param isVoidRequested its saga compensates instead of posting
/// @param isHoldLive whether what is not captured yet is reserved
/// @param allowanceWindow the start of the window whose allowance it used; null when it was screened
/// @param finishedAt null until it is final
public record TransferState(
    Terms terms,
    Status status,
    long eventCount,
    TransferEvent.Screening screening,
    @Nullable String rejection,
    long capturedMinor,
    int captureCount,
    boolean isVoidRequested,
    Reversals reversals,
    boolean isHoldLive,
    Saga saga,
    Instant expiresAt,
    @Nullable Instant allowanceWindow,
    @Nullable Instant finishedAt) {

  /// What never changes of a transfer.
  ///
  /// @param money the sum of its legs
  /// @param captureWithin how long it is held for its capture by request; null when it is captured as
  ///     soon as it is screened
  /// @param reverses the transfer that this one gives back; null for all others
  /// @param reversesLegs the numbers of its legs that the legs give back; empty for all others
  public record Terms(
      UUID id,
      List<Leg> legs,
      Money money,
      @Nullable Duration captureWithin,
      @Nullable UUID reverses,
      List<Integer> reversesLegs,
      @Nullable String traceparent) {

    public Terms withLegs(List<Leg> legs, List<Integer> reversesLegs) {
      return new Terms(id, legs, money, captureWithin, reverses, reversesLegs, traceparent);
    }

    /// Of a transfer that is captured by request.
    Leg onlyLeg() {
      return legs.getFirst();
    }

    /// What each account that pays pays in all.
    public Map<UUID, Long> debitsMinor() {
      return sums(legs);
    }

    /// What each account that is paid gets in all.
    Map<UUID, Long> creditsMinor() {
      return sums(legs.stream().map(Leg::swapped).toList());
    }

    static Map<UUID, Long> sums(List<Leg> legs) {
      return legs.stream()
          .collect(
              Collectors.toMap(
                  Leg::debitAccountId, Leg::amountMinor, Math::addExact, TreeMap::new));
    }
  }

  /// What is given back of this transfer, by how many reversals that are pending or posted.
  ///
  /// @param ofLegs of each leg, in their order
  public record Reversals(List<GivenBack> ofLegs, int count) {

    static Reversals none(int legCount) {
      return new Reversals(Collections.nCopies(legCount, GivenBack.NOTHING), 0);
    }

    /// With a reversal whose funds are held.
    ///
    /// @param numbers of the legs that the reversal's legs give back
    Reversals begun(List<Integer> numbers, List<Leg> legs) {
      return plus(numbers, legs, 1, 0, 1);
    }

    Reversals posted(List<Integer> numbers, List<Leg> legs) {
      return plus(numbers, legs, -1, 1, 0);
    }

    Reversals compensated(List<Integer> numbers, List<Leg> legs) {
      return plus(numbers, legs, -1, 0, -1);
    }

    private Reversals plus(
        List<Integer> numbers, List<Leg> legs, int pending, int posted, int reversals) {
      List<GivenBack> sums = new ArrayList<>(ofLegs);
      for (int i = 0; i < legs.size(); i++) {
        int index = numbers.get(i) - 1;
        long minor = legs.get(i).amountMinor();
        GivenBack before = sums.get(index);
        sums.set(
            index,
            new GivenBack(
                Math.addExact(before.pendingMinor(), pending * minor),
                Math.addExact(before.postedMinor(), posted * minor)));
      }
      return new Reversals(List.copyOf(sums), count + reversals);
    }

    long pendingMinor() {
      return ofLegs.stream().mapToLong(GivenBack::pendingMinor).sum();
    }

    long postedMinor() {
      return ofLegs.stream().mapToLong(GivenBack::postedMinor).sum();
    }
  }

  /// Of a leg, minor units.
  public record GivenBack(long pendingMinor, long postedMinor) {
    static final GivenBack NOTHING = new GivenBack(0, 0);
  }

  /// @param reason why it compensates
  /// @param dueAt when it is to be taken up; null for as the row has it
  public record Saga(SagaStep step, long epoch, @Nullable String reason, @Nullable Instant dueAt) {
    Saga at(SagaStep next) {
      return new Saga(next, epoch, reason, dueAt);
    }
  }

  /// Where a transfer stands. The database refuses every way but those to `next`
  /// (`transfer_takes_legal_steps`).
  public enum Status {
    PENDING,
    HELD,
    POSTED,
    REJECTED,
    VOIDED,
    EXPIRED;

    public Set<Status> next() {
      return switch (this) {
        case PENDING -> Set.of(HELD, POSTED, REJECTED, VOIDED, EXPIRED);
        case HELD -> Set.of(POSTED, VOIDED, EXPIRED);
        case POSTED, REJECTED, VOIDED, EXPIRED -> Set.of();
      };
    }

    public boolean isFinal() {
      return next().isEmpty();
    }
  }

  public UUID id() {
    return terms.id();
  }

  /// What is held and not captured.
  public long leftMinor() {
    return isHoldLive ? terms.money().amountMinor() - capturedMinor : 0;
  }

  /// What a leg has moved and no reversal gives back.
  ///
  /// @param number from 1
  long reversibleMinor(int number) {
    GivenBack givenBack = reversals.ofLegs().get(number - 1);
    // A transfer with several legs is captured whole.
    long movedMinor =
        terms.legs().size() == 1 || capturedMinor == 0
            ? capturedMinor
            : terms.legs().get(number - 1).amountMinor();
    return movedMinor - givenBack.pendingMinor() - givenBack.postedMinor();
  }

  /// Whether that owner may take that step now.
  boolean isAt(SagaStep step, long epoch) {
    return saga.step() == step && saga.epoch() == epoch;
  }

  /// Whether that owner took its last step already, and with which end.
  boolean endedUnder(long epoch, boolean isPosted) {
    return isAt(SagaStep.DONE, epoch) && (status == Status.POSTED) == isPosted;
  }

  /// @param givenBack of each leg
  public TransferState withLegs(
      List<Leg> legs, List<Integer> reversesLegs, List<GivenBack> givenBack) {
    return with(
        terms.withLegs(legs, reversesLegs),
        isHoldLive,
        isVoidRequested,
        new Reversals(givenBack, reversals.count()),
        saga,
        allowanceWindow);
  }

  public TransferState withLiveHold() {
    return with(terms, true, isVoidRequested, reversals, saga, allowanceWindow);
  }

  TransferState withReversals(Reversals reversals) {
    return with(terms, isHoldLive, isVoidRequested, reversals, saga, allowanceWindow);
  }

  TransferState compensating(String reason) {
    return with(
        terms,
        isHoldLive,
        isVoidRequested,
        reversals,
        new Saga(SagaStep.COMPENSATE, saga.epoch(), reason, saga.dueAt()),
        allowanceWindow);
  }

  /// To be taken up now, by whoever sees it first.
  TransferState withVoidRequested(Instant now) {
    return with(
        terms,
        isHoldLive,
        true,
        reversals,
        new Saga(saga.step(), saga.epoch(), saga.reason(), now),
        allowanceWindow);
  }

  /// Passed unscreened, within an allowance.
  TransferState withAllowance(Instant window) {
    return with(terms, isHoldLive, isVoidRequested, reversals, saga, window);
  }

  /// Screened, and held until it is captured, voided or its time is over.
  TransferState authorized(TransferEvent.Screening screening, Instant expiresAt) {
    return new TransferState(
        terms,
        Status.HELD,
        eventCount + 1,
        screening,
        null,
        capturedMinor,
        captureCount,
        isVoidRequested,
        reversals,
        isHoldLive,
        new Saga(SagaStep.CAPTURE, saga.epoch(), null, expiresAt),
        expiresAt,
        allowanceWindow,
        null);
  }

  /// With more of it posted, and some left.
  TransferState captured(long amountMinor) {
    return with(Status.HELD, screening, null, amountMinor, null);
  }

  /// With the rest of it posted, and maybe some given back.
  TransferState posted(long amountMinor, TransferEvent.Screening screening, Instant at) {
    return with(Status.POSTED, screening, null, amountMinor, at);
  }

  /// With what is held given back.
  TransferState ended(
      Status status, TransferEvent.Screening screening, @Nullable String rejection, Instant at) {
    return with(status, screening, rejection, 0, at);
  }

  private TransferState with(
      Status status,
      TransferEvent.Screening screening,
      @Nullable String rejection,
      long moreMinor,
      @Nullable Instant finishedAt) {
    boolean isByRequest = moreMinor > 0 && terms.captureWithin() != null;
    return new TransferState(
        terms,
        status,
        eventCount + 1,
        screening,
        rejection,
        Math.addExact(capturedMinor, moreMinor),
        captureCount + (isByRequest ? 1 : 0),
        isVoidRequested,
        reversals,
        isHoldLive && finishedAt == null,
        finishedAt == null ? saga : saga.at(SagaStep.DONE),
        expiresAt,
        allowanceWindow,
        finishedAt);
  }

  private TransferState with(
      Terms terms,
      boolean isHoldLive,
      boolean isVoidRequested,
      Reversals reversals,
      Saga saga,
      @Nullable Instant allowanceWindow) {
    return new TransferState(
        terms,
        status,
        eventCount,
        screening,
        rejection,
        capturedMinor,
        captureCount,
        isVoidRequested,
        reversals,
        isHoldLive,
        saga,
        expiresAt,
        allowanceWindow,
        finishedAt);
  }
}
