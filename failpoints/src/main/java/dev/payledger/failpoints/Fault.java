package dev.payledger.failpoints;

import java.util.Locale;

/// What happens to the process there.
public enum Fault {
  /// It ends at once, as by `kill -9`: no hook runs, nothing is flushed.
  KILL,

  /// It freezes, as by `kill -STOP`, until somebody sends it `-CONT`.
  STOP;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
