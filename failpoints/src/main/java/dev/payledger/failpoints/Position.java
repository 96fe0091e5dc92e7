package dev.payledger.failpoints;

import java.util.Locale;

/// Where at a failpoint.
public enum Position {
  /// Everything is prepared, and the commit (or the call) is not made.
  BEFORE,

  /// It is done, and nobody has been told.
  AFTER_COMMIT,

  /// The answer of the request in which it was done has left the process.
  AFTER_REPLY;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
