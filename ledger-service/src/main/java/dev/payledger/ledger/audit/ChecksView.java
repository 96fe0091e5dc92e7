package dev.payledger.ledger.audit;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the checks found, and how much they looked at: a pass over nothing proves nothing.
///
/// @param auditedUntil of the continuous auditor: what was committed before it has been looked at;
///     absent for a full scan, which looks at everything now
/// @param roundSince when the last complete round of the rolling audit began: every row there was then
///     has been looked at since; absent for a full scan
/// @param counted rows by table; of the continuous auditor, how far in the outbox it is, and
///     complete rounds and steps of the rolling audit
public record ChecksView(
    boolean passed,
    @Nullable Instant auditedUntil,
    @Nullable Instant roundSince,
    Map<String, Long> counted,
    List<CheckView> checks) {

  static ChecksView of(
      @Nullable Instant auditedUntil,
      @Nullable Instant roundSince,
      Map<String, Long> counted,
      List<CheckView> checks) {
    return new ChecksView(
        checks.stream().allMatch(check -> check.violations() == 0),
        auditedUntil,
        roundSince,
        counted,
        checks);
  }

  /// One check.
  ///
  /// @param violations how many rows break it, 1,000 at most
  /// @param sample up to ten of them
  public record CheckView(String id, String name, long violations, List<String> sample) {
    private static final int SAMPLE_MAX = 10;

    static CheckView of(String id, String name, List<String> violations) {
      return new CheckView(
          id, name, violations.size(), violations.stream().limit(SAMPLE_MAX).toList());
    }
  }
}
