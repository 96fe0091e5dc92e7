package dev.payledger.gateway.issuer;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2ClientAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2ClientCredentialsAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.web.authentication.AuthenticationConverter;

/// A client that asks for no scope gets all of its own, as RFC 6749 section 3.3 allows; the library
/// would grant none. Every other request is left to the library's own converters.
final class DefaultScopesConverter implements AuthenticationConverter {
  @Override
  public @Nullable Authentication convert(HttpServletRequest request) {
    if (!"client_credentials".equals(request.getParameter("grant_type"))
        || request.getParameterValues("grant_type").length != 1
        || request.getParameter("scope") != null) {
      return null;
    }
    Authentication caller = SecurityContextHolder.getContext().getAuthentication();
    if (!(caller instanceof OAuth2ClientAuthenticationToken client)) {
      return null;
    }
    RegisteredClient registered = client.getRegisteredClient();
    return registered == null
        ? null
        : new OAuth2ClientCredentialsAuthenticationToken(client, registered.getScopes(), Map.of());
  }
}
