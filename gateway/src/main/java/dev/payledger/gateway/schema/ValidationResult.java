package dev.payledger.gateway.schema;

/// Whether a body fits.
public sealed interface ValidationResult {
  /// `canonicalJson` is the same text for any order of keys and any white space, and another text
  /// for any other value. `cost` is how much is asked for, in tokens of the caller's budget.
  record Valid(String canonicalJson, int cost) implements ValidationResult {}

  /// `detail` names the field and what it must be.
  record Invalid(String detail) implements ValidationResult {}
}
