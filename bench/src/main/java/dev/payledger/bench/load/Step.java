package dev.payledger.bench.load;

/// What one caller does again and again.
@FunctionalInterface
public interface Step {
  /// Nothing is left to do.
  int END = -1;

  /// @return the transfers it completed, 0 or more, or `END`
  int run() throws Exception;
}
