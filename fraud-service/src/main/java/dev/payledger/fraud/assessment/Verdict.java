package dev.payledger.fraud.assessment;

/// What screening says of a transfer. The first one stored for a transfer id stands.
public enum Verdict {
  APPROVED,
  DECLINED
}
