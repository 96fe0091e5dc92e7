package dev.payledger.fraud.demo;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What can be wrong with this service.
enum FaultKind {
  /// Each call waits before it is worked on.
  LATENCY,
  /// So many of a hundred calls are answered with 500.
  ERROR,
  /// No call is answered.
  HANG,
  /// Answers are 200 and cannot be read, though they say APPROVED.
  GARBAGE,
  /// Answers are 200 and well-formed approvals of 10 MB.
  BIG;

  /// As people and paths write it.
  String title() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<FaultKind> named(String title) {
    return Arrays.stream(values()).filter(kind -> kind.title().equals(title)).findFirst();
  }
}
