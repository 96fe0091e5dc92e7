package dev.payledger.fraud.assessment;

import java.time.Duration;
import java.time.Instant;

/// One fixed window of time in one currency; a debit account has a velocity counter in it. The
/// currency is part of it so that minor units are never added to those of another currency, whatever
/// a caller sends.
record Window(String currency, Instant startsAt) {
  /// The window that an instant falls in; windows are counted from 1970. A clock that jumps picks
  /// another window, and each window still keeps its own limit.
  static Window at(Instant now, Duration length, String currency) {
    long seconds = length.toSeconds();
    return new Window(
        currency, Instant.ofEpochSecond(Math.floorDiv(now.getEpochSecond(), seconds) * seconds));
  }
}
