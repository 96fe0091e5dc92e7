package dev.payledger.ledger.journal;

/// The journal could not decide a command in time. Never a business "no": the same command may be
/// submitted again and will be decided once.
public final class JournalUnavailable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean outcomeUnknown;

  JournalUnavailable(boolean outcomeUnknown, Throwable cause) {
    super(
        outcomeUnknown
            ? "The last attempt may or may not have been committed"
            : "Every attempt was rolled back",
        cause);
    this.outcomeUnknown = outcomeUnknown;
  }

  /// Whether an attempt may have been committed. When false, nothing was written.
  public boolean outcomeUnknown() {
    return outcomeUnknown;
  }
}
