package dev.payledger.fraud.assessment;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/// An assessment as it is told: always from the stored row, so that a repeat gets the same bytes.
record AssessmentView(UUID transferId, Verdict verdict, List<String> rules, Instant assessedAt) {}
