package dev.payledger.failpoints;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A failpoint and a position at it, written `ledger.posted:after-commit`.
public record CrashPoint(Failpoint failpoint, Position position) {
  public CrashPoint {
    if (!failpoint.positions().contains(position)) {
      throw new IllegalArgumentException(failpoint.title() + " has no position " + position);
    }
  }

  /// Every one there is, in the order of a transfer's life.
  public static List<CrashPoint> all() {
    return Arrays.stream(Failpoint.values())
        .flatMap(
            failpoint ->
                failpoint.positions().stream().map(position -> new CrashPoint(failpoint, position)))
        .toList();
  }

  /// The one that is written so; without a position, the one after the commit. Empty when there is
  /// none.
  public static Optional<CrashPoint> of(String text) {
    String full = text.contains(":") ? text : text + ":" + Position.AFTER_COMMIT;
    return all().stream().filter(point -> point.toString().equals(full)).findFirst();
  }

  @Override
  public String toString() {
    return failpoint.title() + ":" + position;
  }
}
