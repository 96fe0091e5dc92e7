package dev.payledger.system.load;

import dev.payledger.system.load.WireClient.Reply;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// What careful clients do: the same request under the same key, at one gateway and then at the
/// next, until the answer is final. Between two tries they wait as long as they were told and a
/// random while longer, up to twice as long each time.
final class ManyCallers {
  /// Somebody else asks, the caller is too fast, or "try again".
  private static final Set<Integer> AGAIN = Set.of(202, 409, 429, 503);

  private static final String TRACE_ID = ",\"traceId\":\"\\w+\"";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration PAUSE_BASE = Duration.ofMillis(20);
  private static final Duration PAUSE_MAX = Duration.ofSeconds(1);

  private final List<WireClient> doors;
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger unanswered = new AtomicInteger();
  private final AtomicInteger askedAgain = new AtomicInteger();

  ManyCallers(List<WireClient> doors) {
    this.doors = doors;
  }

  /// The final answer; throws when there is none in a minute, or one that no client may hear.
  Reply ask(byte[] request, int firstDoor) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    int door = firstDoor;
    Map<String, Integer> heard = new TreeMap<>();
    for (int attempt = 0; System.nanoTime() < deadline; attempt++) {
      calls.incrementAndGet();
      inFlight.incrementAndGet();
      Duration told = Duration.ZERO;
      try {
        Reply reply = doors.get(door % doors.size()).send(request);
        if (reply.status() == 201 || reply.status() == 422) {
          return reply;
        }
        if (!AGAIN.contains(reply.status())) {
          throw new AssertionError("no client may hear " + reply);
        }
        askedAgain.incrementAndGet();
        heard.merge(reply.status() + " " + reply.body().replaceAll(TRACE_ID, ""), 1, Integer::sum);
        if (!reply.header("retry-after").isEmpty()) {
          told = Duration.ofSeconds(Long.parseLong(reply.header("retry-after")));
        }
      } catch (IOException e) {
        unanswered.incrementAndGet();
        heard.merge(e.toString(), 1, Integer::sum);
        door++;
      } finally {
        inFlight.decrementAndGet();
      }
      LockSupport.parkNanos(told.toNanos() + jitter(attempt));
    }
    throw new AssertionError("no final answer within " + PATIENCE + ", but " + heard);
  }

  private static long jitter(int attempt) {
    long most = PAUSE_BASE.toNanos() << Math.min(attempt, 10);
    return ThreadLocalRandom.current().nextLong(Math.min(most, PAUSE_MAX.toNanos()) + 1);
  }

  int inFlight() {
    return inFlight.get();
  }

  /// Calls that ended without an answer.
  int unanswered() {
    return unanswered.get();
  }

  @Override
  public String toString() {
    return "%d calls, of which %d had no answer and %d were told to ask again"
        .formatted(calls.get(), unanswered.get(), askedAgain.get());
  }
}
