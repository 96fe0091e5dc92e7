package dev.payledger.gateway.issuer;

/// A signing key in the database cannot be opened. No retry mends that, and a new key in its place would
/// end tokens of a gateway that can open it: an operator decides.
final class SealBroken extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int generation;

  SealBroken(int generation) {
    this.generation = generation;
  }

  @Override
  public String getMessage() {
    return """
    The signing key of generation %1$d cannot be opened: it was sealed with another \
    SIGNING_KEYS_SECRET, or its row was changed. Start every gateway with the secret that it was \
    sealed with. If that is lost, take the key back, and all tokens that it signed, in the \
    database gateway: DELETE FROM signing_key WHERE generation = %1$d"""
        .formatted(generation);
  }
}
