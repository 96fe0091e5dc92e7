package dev.payledger.kit.problem;

import java.util.Locale;

/// One error that a service answers with. Each service has its own closed list as an enum, besides
/// `CommonErrorCode`. A code means the same in all services (`docs/generated/errors.md`).
public interface ErrorCode {
  /// @param isRetryable whether the same request, under the same key, may succeed later
  /// @param next what the caller can do about it
  record Meaning(int status, boolean isRetryable, String title, String next) {}

  /// The constant's name.
  String name();

  Meaning meaning();

  /// Stable: callers decide by it.
  default String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  default int status() {
    return meaning().status();
  }

  default boolean isRetryable() {
    return meaning().isRetryable();
  }

  default String title() {
    return meaning().title();
  }

  default String next() {
    return meaning().next();
  }
}
