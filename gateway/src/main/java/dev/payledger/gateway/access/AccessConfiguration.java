package dev.payledger.gateway.access;

import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import dev.payledger.gateway.routes.Route;
import dev.payledger.kit.access.AccessTokens;
import dev.payledger.kit.access.JwksCache;
import dev.payledger.kit.problem.CommonErrorCode;
import dev.payledger.kit.problem.Problem;
import dev.payledger.kit.problem.ProblemWriter;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.access.intercept.RequestAuthorizationContext;
import org.springframework.security.web.firewall.RequestRejectedHandler;

/// The OAuth2 resource server: a token is checked for signature (RS256 and nothing else), issuer,
/// audience and time, and then for the scope that its route asks for.
@Configuration(proxyBeanMethods = false)
class AccessConfiguration {

  @Bean
  JwtDecoder jwtDecoder(
      AccessProperties properties,
      ObjectProvider<JWKSource<SecurityContext>> ownKeys,
      Clock clock) {
    // Neither way calls anybody at start: our own demo keys are at hand, and those of a real issuer
    // are fetched for the first token.
    return AccessTokens.decoder(
        ownKeys.getIfAvailable(
            () ->
                new JwksCache(
                    properties.jwksUrl(), properties.jwksFresh(), properties.jwksStale(), clock)),
        properties.issuerUrl(),
        AccessProperties.AUDIENCE,
        clock);
  }

  /// The management port listens on loopback only and shows no more than `application.yml` exposes.
  @Bean
  @Order(0)
  SecurityFilterChain management(HttpSecurity http) {
    return http.securityMatcher(EndpointRequest.toAnyEndpoint())
        .csrf(AbstractHttpConfigurer::disable)
        .sessionManagement(it -> it.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
        .build();
  }

  @Bean
  @Order(2)
  SecurityFilterChain api(
      HttpSecurity http, AuthenticationEntryPoint unauthenticated, AccessDeniedHandler forbidden) {
    return http.csrf(AbstractHttpConfigurer::disable)
        .sessionManagement(it -> it.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .requestCache(AbstractHttpConfigurer::disable)
        .logout(AbstractHttpConfigurer::disable)
        // LastResortFilter sets the headers, also on answers that never get here.
        .headers(AbstractHttpConfigurer::disable)
        .oauth2ResourceServer(
            server ->
                server
                    .jwt(jwt -> {})
                    .authenticationEntryPoint(unauthenticated)
                    .accessDeniedHandler(forbidden))
        .exceptionHandling(
            handling ->
                handling.authenticationEntryPoint(unauthenticated).accessDeniedHandler(forbidden))
        .authorizeHttpRequests(requests -> requests.anyRequest().access(theScopeOfTheRoute()))
        .build();
  }

  @Bean
  AuthenticationEntryPoint unauthenticated() {
    return (request, response, reason) -> {
      // Which check failed is not said: it would help only whoever forges tokens.
      boolean hadToken = reason instanceof OAuth2AuthenticationException;
      response.setHeader(
          "WWW-Authenticate",
          hadToken
              ? "Bearer realm=\"payledger\", error=\"invalid_token\""
              : "Bearer realm=\"payledger\"");
      ProblemWriter.write(
          request,
          response,
          Problem.of(
              CommonErrorCode.UNAUTHENTICATED,
              hadToken
                  ? "The access token is not valid (any more). Get a new one from the issuer."
                  : "Send an access token: Authorization: Bearer <token>."));
    };
  }

  @Bean
  AccessDeniedHandler forbidden() {
    return (request, response, reason) -> {
      String scope = Route.find(request).map(Route::scope).orElse("none");
      response.setHeader(
          "WWW-Authenticate",
          "Bearer realm=\"payledger\", error=\"insufficient_scope\", scope=\"" + scope + "\"");
      ProblemWriter.write(
          request,
          response,
          Problem.of(
              CommonErrorCode.FORBIDDEN, "This needs an access token with scope " + scope + "."));
    };
  }

  /// Requests that the framework's firewall takes for an attack.
  @Bean
  RequestRejectedHandler rejected() {
    return (request, response, reason) ->
        ProblemWriter.write(
            request,
            response,
            Problem.of(CommonErrorCode.INVALID_REQUEST, "The request is not well-formed HTTP."));
  }

  private static AuthorizationManager<RequestAuthorizationContext> theScopeOfTheRoute() {
    return (caller, context) ->
        new AuthorizationDecision(
            Route.find(context.getRequest())
                .filter(route -> route.scope() == null || hasScope(caller.get(), route.scope()))
                .isPresent());
  }

  private static boolean hasScope(@Nullable Authentication caller, @Nullable String scope) {
    return caller != null
        && caller.getPrincipal() instanceof Jwt
        && caller.getAuthorities().stream()
            .anyMatch(granted -> ("SCOPE_" + scope).equals(granted.getAuthority()));
  }
}
