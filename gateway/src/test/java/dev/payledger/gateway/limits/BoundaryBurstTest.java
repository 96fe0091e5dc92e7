package dev.payledger.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.gateway.limits.BucketResult.Source;
import dev.payledger.gateway.limits.RateLimitProperties.Budget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Why a token bucket: "100 calls in 10 s", counted in four ways, on the same traces. The table is
/// the one of docs/rate-limits.md.
class BoundaryBurstTest {
  private static final int LIMIT = 100;
  private static final long WINDOW = 10_000;

  /// Decides one call at an instant in milliseconds.
  private interface Limiter {
    boolean admits(long now);

    /// What it must remember of one caller.
    int numbersKept();
  }

  /// Counts from every full ten seconds of the clock.
  private static final class FixedWindow implements Limiter {
    private long window = -1;
    private int count;

    @Override
    public boolean admits(long now) {
      if (now / WINDOW != window) {
        window = now / WINDOW;
        count = 0;
      }
      return count < LIMIT && ++count > 0;
    }

    @Override
    public int numbersKept() {
      return 2;
    }
  }

  /// Remembers each admitted call of the last ten seconds.
  private static final class SlidingLog implements Limiter {
    private final Deque<Long> admitted = new ArrayDeque<>();
    private int most;

    @Override
    public boolean admits(long now) {
      while (!admitted.isEmpty() && admitted.peekFirst() <= now - WINDOW) {
        admitted.removeFirst();
      }
      if (admitted.size() >= LIMIT) {
        return false;
      }
      admitted.addLast(now);
      most = Math.max(most, admitted.size());
      return true;
    }

    @Override
    public int numbersKept() {
      return most;
    }
  }

  /// Two fixed windows, the one before weighed by how much of it the last ten seconds still see, as
  /// if its calls had come evenly.
  private static final class SlidingCounter implements Limiter {
    private long window = -1;
    private int before;
    private int count;

    @Override
    public boolean admits(long now) {
      long current = now / WINDOW;
      if (current != window) {
        before = current == window + 1 ? count : 0;
        count = 0;
        window = current;
      }
      long weighedTimesWindow = before * (WINDOW - now % WINDOW) + count * WINDOW;
      return weighedTimesWindow + WINDOW <= LIMIT * WINDOW && ++count > 0;
    }

    @Override
    public int numbersKept() {
      return 3;
    }
  }

  /// The gateway's own.
  private static final class Bucket implements Limiter {
    private static final Budget BUDGET = new Budget((int) (LIMIT * 1_000 / WINDOW), LIMIT);
    private final Ticks ticks = new Ticks();
    private final LocalBuckets buckets =
        new LocalBuckets(Ticks.properties(1, BUDGET), Source.LOCAL, ticks);
    private final BucketKey bucketKey = new BucketKey("money", BUDGET, "alice");
    private long last;

    @Override
    public boolean admits(long now) {
      ticks.advance(Duration.ofMillis(now - last));
      last = now;
      return buckets.take(bucketKey, 1).isTaken();
    }

    @Override
    public int numbersKept() {
      return 2;
    }
  }

  private static List<Limiter> limiters() {
    return List.of(new FixedWindow(), new SlidingLog(), new SlidingCounter(), new Bucket());
  }

  private static LongStream burstAt(long now) {
    return LongStream.generate(() -> now).limit(LIMIT);
  }

  private static List<Long> admitted(Limiter limiter, LongStream trace) {
    return trace.filter(limiter::admits).boxed().toList();
  }

  /// 100 calls 10 ms before a window ends, and 100 when the next is 10 ms old.
  private static long atTheBoundary(Limiter limiter) {
    return admitted(limiter, LongStream.concat(burstAt(9_990), burstAt(10_010))).size();
  }

  /// A burst at once, then a call every 100 ms, which is the rate: how long until one passes.
  private static long lockedOut(Limiter limiter) {
    List<Long> passed =
        admitted(
            limiter,
            LongStream.concat(burstAt(0), LongStream.rangeClosed(1, 300).map(call -> 100 * call)));
    return passed.get(LIMIT);
  }

  /// The most calls admitted within any ten seconds, when 100 come at the end of one window and 100
  /// in the middle of the next.
  private static long inAnyTenSeconds(Limiter limiter) {
    List<Long> passed = admitted(limiter, LongStream.concat(burstAt(9_900), burstAt(15_000)));
    return mostWithin(passed, WINDOW);
  }

  /// Of 100 calls that come when the last of the 100 before is more than ten seconds old.
  private static long afterASilence(Limiter limiter) {
    List<Long> passed = admitted(limiter, LongStream.concat(burstAt(0), burstAt(10_100)));
    return passed.size() - LIMIT;
  }

  private static long mostWithin(List<Long> instants, long span) {
    return instants.stream()
        .mapToLong(
            from -> instants.stream().filter(each -> each >= from && each < from + span).count())
        .max()
        .orElse(0);
  }

  @Test
  void onlyTheBucketNeitherDoublesABurstNorLocksOutNorGuessesNorGrows() {
    assertThat(limiters().stream().map(BoundaryBurstTest::atTheBoundary))
        .containsExactly(200L, 100L, 100L, 100L);
    assertThat(limiters().stream().map(BoundaryBurstTest::lockedOut))
        .containsExactly(10_000L, 10_000L, 10_100L, 100L);
    assertThat(limiters().stream().map(BoundaryBurstTest::inAnyTenSeconds))
        .containsExactly(200L, 100L, 150L, 151L);
    assertThat(limiters().stream().map(BoundaryBurstTest::afterASilence))
        .containsExactly(100L, 100L, 1L, 100L);
    assertThat(limiters().stream().map(BoundaryBurstTest::kept)).containsExactly(2, 100, 3, 2);
  }

  private static int kept(Limiter limiter) {
    atTheBoundary(limiter);
    return limiter.numbersKept();
  }

  @Test
  void theFiguresAreThoseOfTheDocument() throws IOException {
    List<String> names =
        List.of("fixed window", "sliding log", "sliding counter", "**token bucket**");
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      rows.add(
          "| %s | %d | %.1f s | %d | %d | %d |"
              .formatted(
                  names.get(i),
                  atTheBoundary(limiters().get(i)),
                  lockedOut(limiters().get(i)) / 1_000.0,
                  inAnyTenSeconds(limiters().get(i)),
                  afterASilence(limiters().get(i)),
                  kept(limiters().get(i))));
    }
    String document = Files.readString(Path.of("../docs/rate-limits.md"));
    assertThat(document).contains(rows);
  }
}
