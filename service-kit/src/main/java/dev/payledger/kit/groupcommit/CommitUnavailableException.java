package dev.payledger.kit.groupcommit;

/// A command was not decided in time. Never a rejection: the same command may be submitted again and is
/// decided once. Without a stack trace, because the cause has one.
public final class CommitUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean outcomeUnknown;

  CommitUnavailableException(boolean outcomeUnknown, Throwable cause) {
    super(
        outcomeUnknown
            ? "The last attempt may or may not have been committed"
            : "Every attempt was rolled back",
        cause,
        false,
        false);
    this.outcomeUnknown = outcomeUnknown;
  }

  /// Whether an attempt may have been committed. When false, nothing was written.
  public boolean outcomeUnknown() {
    return outcomeUnknown;
  }
}
