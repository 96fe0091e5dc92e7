package dev.payledger.ledger.request;

import org.springframework.security.core.Authentication;

/// Who calls, as the validated token says: the subject, and whether it may operate the ledger.
public record Caller(String subject, boolean isOperator) {
  /// The owner of the system accounts.
  private static final String LEDGER = "system";

  /// Whether no caller's account may have this owner, an operator's word or not: who owns it is
  /// taken for the ledger itself, in what may be seen and in the trail of an account's changes.
  public static boolean isReserved(String owner) {
    return owner.equals(LEDGER);
  }

  public static Caller of(Authentication authentication) {
    return new Caller(
        authentication.getName(),
        authentication.getAuthorities().stream()
            .anyMatch(authority -> "SCOPE_ledger:operate".equals(authority.getAuthority())));
  }

  /// Whether an account of this owner is the caller's business. The ledger's own accounts are an
  /// operator's only, whatever a token's subject says.
  public boolean maySee(String owner) {
    return isOperator || (subject.equals(owner) && !isReserved(owner));
  }
}
