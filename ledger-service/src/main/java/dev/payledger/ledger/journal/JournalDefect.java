package dev.payledger.ledger.journal;

/// The database refused a statement for a reason that no retry mends: a bug of ours, or a wall that
/// held. Nothing was written.
public final class JournalDefect extends RuntimeException {
  private static final long serialVersionUID = 1L;

  JournalDefect(Throwable cause) {
    super("The journal's transaction was refused", cause);
  }
}
