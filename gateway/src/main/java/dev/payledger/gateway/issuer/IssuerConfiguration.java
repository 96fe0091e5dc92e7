package dev.payledger.gateway.issuer;

import com.nimbusds.jose.jwk.JWKSet;
import dev.payledger.gateway.access.AccessProperties;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.jwt.JwtEncoder;
import org.springframework.security.oauth2.jwt.NimbusJwtEncoder;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationService;
import org.springframework.security.oauth2.server.authorization.client.InMemoryRegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.settings.AuthorizationServerSettings;
import org.springframework.security.oauth2.server.authorization.settings.TokenSettings;
import org.springframework.security.oauth2.server.authorization.token.JwtEncodingContext;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenCustomizer;
import org.springframework.security.web.SecurityFilterChain;

/// Spring Security's authorization server with client credentials by HTTP Basic, at `/oauth2/token`,
/// and its public keys at `/oauth2/jwks`. Its errors have OAuth2's own form (RFC 6749 section 5.2),
/// which is what OAuth2 clients read.
@Configuration(proxyBeanMethods = false)
@Profile("demo")
class IssuerConfiguration {

  @Bean
  @Order(1)
  SecurityFilterChain issuer(HttpSecurity http) {
    return http.oauth2AuthorizationServer(
            server -> {
              http.securityMatcher(server.getEndpointsMatcher());
              server.tokenEndpoint(
                  token -> token.accessTokenRequestConverter(new EveryScopeUnlessAsked()));
            })
        .csrf(AbstractHttpConfigurer::disable)
        .sessionManagement(it -> it.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .requestCache(AbstractHttpConfigurer::disable)
        .headers(AbstractHttpConfigurer::disable)
        .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
        .exceptionHandling(
            handling ->
                handling.authenticationEntryPoint(
                    (request, response, reason) -> {
                      response.setStatus(401);
                      response.setHeader("WWW-Authenticate", "Basic realm=\"payledger\"");
                      response.setContentType("application/json");
                      response
                          .getOutputStream()
                          .write("{\"error\":\"invalid_client\"}".getBytes(StandardCharsets.UTF_8));
                    }))
        .build();
  }

  @Bean
  AuthorizationServerSettings authorizationServerSettings(AccessProperties access) {
    return AuthorizationServerSettings.builder().issuer(access.issuerUrl()).build();
  }

  @Bean
  RegisteredClientRepository registeredClients(DemoIssuerProperties properties) {
    return new InMemoryRegisteredClientRepository(
        properties.clients().stream().map(client -> registered(client, properties)).toList());
  }

  /// Keeps nothing: these tokens carry all there is to know, and a store would only grow.
  @Bean
  OAuth2AuthorizationService authorizationService() {
    return new NoAuthorizationKept();
  }

  @Bean
  OAuth2TokenCustomizer<JwtEncodingContext> audience() {
    return context -> context.getClaims().audience(List.of(AccessProperties.AUDIENCE));
  }

  /// Signs with one key, whatever other ones are published.
  @Bean
  JwtEncoder tokens(KeyRing ring) {
    return new NimbusJwtEncoder(
        (selector, context) -> selector.select(new JWKSet(ring.signing().key())));
  }

  private static RegisteredClient registered(
      DemoIssuerProperties.Client client, DemoIssuerProperties properties) {
    return RegisteredClient.withId(client.id())
        .clientId(client.id())
        .clientSecret(client.secret())
        .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
        .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
        .scopes(scopes -> scopes.addAll(client.scopes()))
        .tokenSettings(
            TokenSettings.builder().accessTokenTimeToLive(properties.tokenLifetime()).build())
        .build();
  }
}
