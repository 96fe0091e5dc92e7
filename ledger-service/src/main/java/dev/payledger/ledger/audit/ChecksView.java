package dev.payledger.ledger.audit;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the checks found, and how much they looked at: a pass over nothing proves nothing.
///
/// @param auditedUntil of the continuous auditor: what was committed before it has been looked at;
///     absent for a full scan, which looks at everything now
/// @param counted rows by table; of the continuous auditor, how far in the outbox it is
public record ChecksView(
    boolean passed,
    @Nullable Instant auditedUntil,
    Map<String, Long> counted,
    List<CheckView> checks) {

  static ChecksView of(
      @Nullable Instant auditedUntil, Map<String, Long> counted, List<CheckView> checks) {
    return new ChecksView(
        checks.stream().allMatch(check -> check.violations() == 0), auditedUntil, counted, checks);
  }

  /// One check.
  ///
  /// @param violations how many rows break it
  /// @param sample up to ten of them
  public record CheckView(String id, String name, long violations, List<String> sample) {
    private static final int SAMPLE_MAX = 10;

    static CheckView of(String id, String name, List<String> violations) {
      return new CheckView(
          id, name, violations.size(), violations.stream().limit(SAMPLE_MAX).toList());
    }
  }
}
