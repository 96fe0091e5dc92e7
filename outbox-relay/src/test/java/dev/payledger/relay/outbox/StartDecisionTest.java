package dev.payledger.relay.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.relay.outbox.RelayTopics.Stored;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Every combination of what a relay may find, and what it does.
class StartDecisionTest {
  private static final LedgerIdentity HERE = new LedgerIdentity("7001", 1);
  private static final LedgerIdentity ELSEWHERE = new LedgerIdentity("7002", 1);
  private static final LedgerIdentity AFTER_FAILOVER = new LedgerIdentity("7001", 2);
  private static final ReplicationSlot FREE = new ReplicationSlot(null, false, 100, 0);
  private static final ReplicationSlot HELD = new ReplicationSlot(4711, false, 100, 0);
  private static final ReplicationSlot LOST = new ReplicationSlot(null, true, 100, 0);
  private static final ReplicationSlot NEWER = new ReplicationSlot(null, false, 201, 0);

  private static final Stored NOTHING = Stored.NOTHING;
  private static final Stored BOUND = new Stored(HERE, 100L, null);
  private static final Stored PUBLISHED = new Stored(HERE, 100L, 200L);
  private static final Stored UNBOUND = new Stored(null, null, 200L);

  static Stream<Arguments> table() {
    return Stream.of(
        // what is stored, the slot found, the decision
        Arguments.of(NOTHING, null, new StartDecision.CatchUp(true)),
        Arguments.of(NOTHING, FREE, new StartDecision.CatchUp(false)),
        Arguments.of(UNBOUND, FREE, new StartDecision.CatchUp(false)),
        Arguments.of(BOUND, FREE, new StartDecision.Tail()),
        Arguments.of(PUBLISHED, FREE, new StartDecision.Tail()),
        Arguments.of(NOTHING, HELD, new StartDecision.StandBy(4711)),
        Arguments.of(PUBLISHED, HELD, new StartDecision.StandBy(4711)),
        Arguments.of(UNBOUND, null, "is gone though offsets are stored"),
        Arguments.of(BOUND, null, "is gone though offsets are stored"),
        Arguments.of(PUBLISHED, null, "is gone though offsets are stored"),
        Arguments.of(NOTHING, LOST, "has lost WAL"),
        Arguments.of(PUBLISHED, LOST, "has lost WAL"),
        Arguments.of(BOUND, NEWER, new StartDecision.CatchUp(false)),
        Arguments.of(PUBLISHED, NEWER, "was made anew or moved"),
        Arguments.of(of(ELSEWHERE), FREE, "belong to PostgreSQL 7002 on timeline 1"),
        Arguments.of(of(ELSEWHERE), null, "belong to PostgreSQL 7002 on timeline 1"),
        Arguments.of(of(ELSEWHERE), HELD, "belong to PostgreSQL 7002 on timeline 1"),
        Arguments.of(of(AFTER_FAILOVER), FREE, "belong to PostgreSQL 7001 on timeline 2"));
  }

  private static Stored of(LedgerIdentity identity) {
    return new Stored(identity, 100L, 200L);
  }

  @ParameterizedTest
  @MethodSource("table")
  void theStateFoundDecides(Stored stored, @Nullable ReplicationSlot slot, Object expected) {
    StartDecision decision = StartDecision.decide("the_slot", HERE, stored, slot);

    if (expected instanceof String reason) {
      assertThat(decision)
          .isInstanceOfSatisfying(
              StartDecision.Refuse.class, refused -> assertThat(refused.reason()).contains(reason));
    } else {
      assertThat(decision).isEqualTo(expected);
    }
  }
}
