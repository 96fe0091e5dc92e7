package dev.payledger.fraud.alert;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.payledger.fraud.assessment.FiredRule;
import dev.payledger.fraud.assessment.Leg;
import dev.payledger.fraud.assessment.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A review as it is told.
///
/// @param passedAt when the transfer moved its money
/// @param verdict what the rules made of it; absent while, or when, none was reached, and then there
///     are no rules and legs
/// @param decision absent while the review is open
@JsonInclude(JsonInclude.Include.NON_NULL)
record AlertView(
    UUID transferId,
    AlertStatus status,
    String currency,
    long amountMinor,
    Instant passedAt,
    @Nullable Verdict verdict,
    @Nullable Integer score,
    List<FiredRule> rules,
    List<Leg> legs,
    @Nullable Decided decision) {

  /// Who decided when, and why.
  record Decided(String decidedBy, Instant decidedAt, String note) {}
}
