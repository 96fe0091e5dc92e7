package dev.payledger.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a run is asked to do.
///
/// @param growTo entries of the grown ledger; 0 leaves growth out
/// @param peerSql another ledger's SQL file
/// @param work the server's directory, made and removed
/// @param results file of the results, written at the end
/// @param chart file of the chart, written at the end
record BenchOptions(
    Size size,
    int growTo,
    @Nullable Path peerSql,
    int port,
    Path work,
    Path results,
    Path chart,
    String commit) {

  static final String USAGE =
      """
      bench/run --quick            within 5 minutes
      bench/run --full             longer slices, more rounds, growth to 10 million entries
        --peer-sql FILE            measure another ledger's SQL function too (docs/bench.md says how)
        --grow-to N                grow a ledger to N entries, a multiple of 1000, and measure it
        --port N                   of the embedded server, 25432 unless told
      """;

  /// How long and how much.
  ///
  /// @param rounds measured ones; one more comes first and is thrown away
  /// @param slice of closed loop, for each cell in each round
  /// @param openSlice of open loop
  /// @param freshSlice of closed loop on a fresh ledger, in turn with
  /// @param grownSlice on a grown one
  /// @param accounts to move money between
  /// @param callersMax the largest crowd
  /// @param connections that raw SQL and a peer may take their best of
  /// @param batches that the bare loop may take its best of
  record Size(
      String name,
      int rounds,
      Duration slice,
      Duration openSlice,
      Duration freshSlice,
      Duration grownSlice,
      int accounts,
      int callersMax,
      List<Integer> connections,
      List<Integer> batches) {

    static final Size QUICK =
        new Size(
            "quick",
            3,
            Duration.ofMillis(1_200),
            Duration.ofSeconds(3),
            Duration.ofSeconds(20),
            Duration.ofSeconds(50),
            1_000,
            256,
            List.of(4, 8, 16, 32, 64),
            List.of(200, 1_000));

    static final Size FULL =
        new Size(
            "full",
            7,
            Duration.ofSeconds(4),
            Duration.ofSeconds(10),
            Duration.ofSeconds(20),
            Duration.ofSeconds(50),
            1_000,
            256,
            List.of(4, 8, 16, 32, 64),
            List.of(200, 1_000));
  }

  /// @throws IllegalArgumentException when the arguments make no sense; its message says why
  static BenchOptions parse(Path repository, String commit, String... arguments) {
    Size size = null;
    int growTo = -1;
    Path peerSql = null;
    int port = 25_432;
    for (int i = 0; i < arguments.length; i++) {
      String argument = arguments[i];
      switch (argument) {
        case "--quick" -> size = Size.QUICK;
        case "--full" -> size = Size.FULL;
        case "--peer-sql" -> peerSql = readable(value(arguments, ++i));
        case "--grow-to" -> growTo = number(argument, value(arguments, ++i));
        case "--port" -> port = number(argument, value(arguments, ++i));
        default -> throw new IllegalArgumentException(argument + " is unknown");
      }
    }
    if (size == null) {
      throw new IllegalArgumentException("say --quick or --full");
    }
    if (growTo == -1) {
      growTo = size.equals(Size.FULL) ? 10_000_000 : 0;
    }
    if (growTo < 0 || growTo % size.accounts() != 0) {
      throw new IllegalArgumentException("--grow-to takes a multiple of " + size.accounts());
    }
    return new BenchOptions(
        size,
        growTo,
        peerSql,
        port,
        repository.resolve("bench/target/work"),
        repository.resolve("bench/results/latest.json"),
        repository.resolve("docs/generated/bench.svg"),
        commit);
  }

  private static String value(String[] arguments, int i) {
    if (i == arguments.length) {
      throw new IllegalArgumentException(arguments[i - 1] + " needs a value");
    }
    return arguments[i];
  }

  private static int number(String argument, String value) {
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(argument + " takes a number, not " + value, e);
    }
  }

  private static Path readable(String file) {
    if (!Files.isReadable(Path.of(file))) {
      throw new IllegalArgumentException(file + " cannot be read");
    }
    return Path.of(file);
  }
}
