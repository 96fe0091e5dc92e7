package dev.payledger.fraud.assessment;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/// An assessment as it is told: always from the stored row, so that a repeat gets the same bytes.
///
/// @param score 0 … 100
/// @param rules those that fired, whatever the verdict
record AssessmentView(
    UUID transferId, Verdict verdict, int score, List<FiredRule> rules, Instant assessedAt) {}
