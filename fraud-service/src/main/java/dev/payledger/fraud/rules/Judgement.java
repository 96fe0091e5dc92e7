package dev.payledger.fraud.rules;

import java.util.List;

/// What the rules together say of a transfer.
///
/// @param findings of the rules that fired, in the order of the rule book
/// @param declineScore the score from which a transfer is declined
public record Judgement(List<Finding> findings, int declineScore) {
  public static final int SCORE_MAX = 100;

  public Judgement {
    findings = List.copyOf(findings);
  }

  /// The sum of the points, 100 at most.
  public int score() {
    return Math.min(SCORE_MAX, findings.stream().mapToInt(Finding::points).sum());
  }

  public boolean isDecline() {
    return score() >= declineScore;
  }
}
