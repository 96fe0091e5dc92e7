package dev.payledger.ledger.audit;

import java.util.List;
import java.util.Map;

/// What the checks found, and how much they looked at: a pass over nothing proves nothing.
///
/// @param counted rows by table
public record ChecksView(boolean passed, Map<String, Long> counted, List<CheckView> checks) {

  /// One check.
  ///
  /// @param violations how many rows break it
  /// @param sample up to ten of them
  public record CheckView(String id, String name, long violations, List<String> sample) {}
}
