package dev.payledger.fraud.rules;

/// A rule that fired: what it adds to the score, and why in words.
///
/// @param rule the rule's id
/// @param points 1 … 100
/// @param detail for a person who asks why; names the numbers and, of many accounts, the first
public record Finding(String rule, int points, String detail) {}
