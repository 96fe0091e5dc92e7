package dev.payledger.fraud.assessment;

import dev.payledger.fraud.rules.Finding;
import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;

/// A rule that fired, as it is stored and told.
///
/// @param points what it added to the score
@Embeddable
public record FiredRule(@Column(name = "rule") String id, int points, String detail) {
  static FiredRule of(Finding finding) {
    return new FiredRule(finding.rule(), finding.points(), finding.detail());
  }
}
