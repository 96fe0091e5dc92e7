package dev.payledger.kit.groupcommit;

/// A command's transaction failed for a reason that no retry mends: a bug, or a constraint of the
/// database. Nothing was written.
public final class CommitDefectException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CommitDefectException(Throwable cause) {
    super("The command's transaction failed", cause);
  }
}
