package dev.payledger.failpoints;

/// A method of a service, or of a library that a service runs on, at which the agent listens.
///
/// @param type the class, written as in a class file
/// @param call empty: at the method's begin and at its return. Else: around its calls of that
///     method, written `owner.name`
public record Probe(String type, String method, String call, Hook hook) {

  /// What `Passing` does there.
  public enum Hook {
    BATCH,
    DECISIONS,
    JOURNAL_COMMIT,
    SUBMIT,
    SAGA_CLAIM,
    SAGA_RELEASE,
    RELEASE_CLAIM,
    RELEASE_NOTE,
    REVIEW_DECISION,
    ASSESS,
    ASSESS_AFTERWARDS,
    RELEASE,
    LEARN,
    FRAUD_REVIEW_DECISION,
    APPLY,
    TRANSACTION_COMMIT,
    TRANSACTION_ROLLBACK,
    KEY_CLAIM,
    KEY_ANSWER,
    KEY_RELEASE,
    PUBLISH,
    OFFSET,
    REQUEST
  }
}
