package dev.payledger.gateway.issuer;

import com.nimbusds.jose.jwk.JWKSet;
import dev.payledger.gateway.access.AccessProperties;
import dev.payledger.gateway.limits.RateLimits;
import dev.payledger.gateway.problem.TokenErrors;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.jwt.JwtEncoder;
import org.springframework.security.oauth2.jwt.NimbusJwtEncoder;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationService;
import org.springframework.security.oauth2.server.authorization.settings.AuthorizationServerSettings;
import org.springframework.security.oauth2.server.authorization.token.JwtEncodingContext;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenCustomizer;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.context.SecurityContextHolderFilter;

/// Spring Security's authorization server with client credentials by HTTP Basic, at `/oauth2/token`,
/// and its public keys at `/oauth2/jwks`. Its errors have OAuth2's own form (RFC 6749 section 5.2),
/// which is what OAuth2 clients read.
@Configuration(proxyBeanMethods = false)
@Profile("demo")
class IssuerConfiguration {

  @Bean
  @Order(1)
  SecurityFilterChain issuer(
      HttpSecurity http, Clients clients, DemoIssuerProperties properties, RateLimits limits) {
    return http.oauth2AuthorizationServer(
            server -> {
              http.securityMatcher(server.getEndpointsMatcher());
              server.clientAuthentication(
                  client ->
                      client.errorResponseHandler(
                          (request, response, reason) -> refuse(response, codeOf(reason))));
              server.tokenEndpoint(
                  token ->
                      token
                          .accessTokenRequestConverter(new DefaultScopesConverter())
                          .errorResponseHandler(
                              (request, response, reason) -> refuse(response, codeOf(reason))));
            })
        .addFilterBefore(new TokenFormFilter(), SecurityContextHolderFilter.class)
        .addFilterBefore(
            new TokenRequestFilter(clients, properties, limits), SecurityContextHolderFilter.class)
        .csrf(AbstractHttpConfigurer::disable)
        .sessionManagement(it -> it.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .requestCache(AbstractHttpConfigurer::disable)
        .headers(AbstractHttpConfigurer::disable)
        .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
        .exceptionHandling(
            handling ->
                handling.authenticationEntryPoint(
                    (request, response, reason) ->
                        refuse(response, OAuth2ErrorCodes.INVALID_CLIENT)))
        .build();
  }

  @Bean
  AuthorizationServerSettings authorizationServerSettings(AccessProperties access) {
    return AuthorizationServerSettings.builder().issuer(access.issuerUrl()).build();
  }

  /// Keeps nothing: these tokens carry all there is to know, and a store would only grow.
  @Bean
  OAuth2AuthorizationService authorizationService() {
    return new StatelessAuthorizationService();
  }

  /// Adds what RFC 9068 requires and the library does not set.
  @Bean
  OAuth2TokenCustomizer<JwtEncodingContext> profile(DemoIssuerProperties properties) {
    return context -> {
      context.getJwsHeader().type("at+jwt");
      context
          .getClaims()
          .audience(properties.audiences())
          .claim("client_id", context.getRegisteredClient().getClientId());
    };
  }

  @Bean
  KeySeal keySeal(DemoIssuerProperties properties) {
    return new KeySeal(properties.keys().secret());
  }

  /// Signs with one key, whatever other ones are published.
  @Bean
  JwtEncoder tokens(KeyRing ring) {
    return new NimbusJwtEncoder(
        (selector, context) -> selector.select(new JWKSet(ring.signing().key())));
  }

  static void refuse(HttpServletResponse response, String code) throws IOException {
    boolean isClient = code.equals(OAuth2ErrorCodes.INVALID_CLIENT);
    if (isClient) {
      response.setHeader("WWW-Authenticate", "Basic realm=\"payledger\"");
    }
    TokenErrors.write(response, isClient ? 401 : 400, code);
  }

  private static String codeOf(AuthenticationException reason) {
    return reason instanceof OAuth2AuthenticationException known
        ? known.getError().getErrorCode()
        : OAuth2ErrorCodes.INVALID_CLIENT;
  }
}
