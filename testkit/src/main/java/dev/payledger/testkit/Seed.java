package dev.payledger.testkit;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Randomness that can be had again: prints `seed=…` and takes `-Dseed=…`.
public record Seed(long value) {

  /// The seed asked for on the command line, or a fresh one; printed either way.
  public static Seed next() {
    long value = Long.getLong("seed", System.nanoTime());
    System.out.println("seed=" + value);
    return new Seed(value);
  }

  /// How often a random test goes round: as often as it says, with `-Drounds=` so many times as
  /// often.
  public static int rounds(int usual) {
    return Math.multiplyExact(usual, Integer.getInteger("rounds", 1));
  }

  public RandomGenerator random() {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(value);
  }
}
