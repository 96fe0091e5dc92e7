package dev.payledger.ledger.request;

import dev.payledger.ledger.command.DerivedId;
import dev.payledger.ledger.command.Fingerprint;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.jwt.JwtClaimNames;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;

/// Who calls, as the validated token says: whose word that is, the subject, and whether it may operate
/// the ledger.
public record Caller(String issuer, String subject, boolean isOperator) {
  /// The owner of the system accounts.
  private static final String LEDGER = "system";

  /// Whether no caller's account may have this owner, an operator's word or not: who owns it is
  /// taken for the ledger itself, in what may be seen and in the trail of an account's changes.
  public static boolean isReserved(String owner) {
    return owner.equals(LEDGER);
  }

  public static Caller of(Authentication authentication) {
    return new Caller(
        Objects.requireNonNull(
            ((JwtAuthenticationToken) authentication)
                .getToken()
                .getClaimAsString(JwtClaimNames.ISS)),
        authentication.getName(),
        authentication.getAuthorities().stream()
            .anyMatch(authority -> "SCOPE_ledger:operate".equals(authority.getAuthority())));
  }

  /// The id by which the ledger remembers what this caller names so. Another caller's command of the same
  /// name is another command: nobody can use up an id for somebody else, or learn from it what she did.
  public UUID commandId(UUID named) {
    return DerivedId.of(Fingerprint.of(List.of("command", issuer, subject, named)));
  }

  /// Whether an account of this owner is the caller's business. The ledger's own accounts are an
  /// operator's only, whatever a token's subject says.
  public boolean maySee(String owner) {
    return isOperator || (subject.equals(owner) && !isReserved(owner));
  }
}
