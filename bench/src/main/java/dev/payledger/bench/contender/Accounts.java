package dev.payledger.bench.contender;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/// The accounts that all contenders move money between. Their ids are hashes like those of accounts
/// opened through the gateway. Each may be overdrawn by far more than a run moves.
public record Accounts(List<UUID> ids) {
  public static final String CURRENCY = "EUR";
  public static final long FLOOR_MINOR = -1_000_000_000_000L;

  /// Which accounts take part in a transfer.
  public enum Spread {
    /// Any two.
    UNIFORM,
    /// Always the same one, debited or credited, and any other.
    HOT
  }

  /// One minor unit from the first to the second.
  public record Pair(UUID debit, UUID credit) {}

  public static Accounts numbered(int count) {
    return new Accounts(
        IntStream.range(0, count)
            .mapToObj(
                n ->
                    UUID.nameUUIDFromBytes(
                        ("account " + n).getBytes(java.nio.charset.StandardCharsets.US_ASCII)))
            .toList());
  }

  public Pair pair(Spread spread) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    int first = spread == Spread.HOT ? 0 : random.nextInt(ids.size());
    int second = (first + 1 + random.nextInt(ids.size() - 1)) % ids.size();
    return random.nextBoolean()
        ? new Pair(ids.get(first), ids.get(second))
        : new Pair(ids.get(second), ids.get(first));
  }
}
