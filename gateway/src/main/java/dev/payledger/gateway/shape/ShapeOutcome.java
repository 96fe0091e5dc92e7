package dev.payledger.gateway.shape;

/// Whether a body fits.
public sealed interface ShapeOutcome {
  /// `canonicalJson` is the same text for any order of keys and any white space, and another text
  /// for any other value. `cost` is how much is asked for, in tokens of the caller's budget.
  record Fits(String canonicalJson, int cost) implements ShapeOutcome {}

  /// `detail` names the field and what it must be.
  record Refused(String detail) implements ShapeOutcome {}
}
