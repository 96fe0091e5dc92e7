package dev.payledger.gateway.shape;

/// Whether a body fits.
public sealed interface ShapeOutcome {
  /// `canonicalJson` is the same text for any order of keys and any white space, and another text
  /// for any other value.
  record Fits(String canonicalJson) implements ShapeOutcome {}

  /// `detail` names the field and what it must be.
  record Refused(String detail) implements ShapeOutcome {}
}
