package dev.payledger.ledger.request;

import dev.payledger.kit.problem.CommonErrorCode;
import dev.payledger.kit.problem.Problem;
import dev.payledger.kit.problem.ProblemWriter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;
import org.springframework.security.web.SecurityFilterChain;

/// Who may call what. The ledger trusts the caller's token and nothing about the network: that a
/// request came through the gateway proves nothing.
@Configuration(proxyBeanMethods = false)
class AccessConfiguration {

  @Bean
  SecurityFilterChain access(HttpSecurity http) throws Exception {
    return http.authorizeHttpRequests(
            requests ->
                requests
                    // On the management port only, which is not published.
                    .requestMatchers(EndpointRequest.toAnyEndpoint())
                    .permitAll()
                    .requestMatchers("/v1/operator/**")
                    .hasAuthority("SCOPE_ledger:operate")
                    .requestMatchers(HttpMethod.POST, "/v1/**")
                    .hasAuthority("SCOPE_transfers:write")
                    // HEAD too, which is a GET whose answer is measured and not sent.
                    .requestMatchers("/v1/**")
                    .hasAuthority("SCOPE_accounts:read")
                    .anyRequest()
                    .authenticated())
        .oauth2ResourceServer(
            server ->
                server
                    .jwt(jwt -> {})
                    .authenticationEntryPoint(
                        (request, response, e) -> unauthenticated(request, response))
                    .accessDeniedHandler((request, response, e) -> forbidden(request, response))
                    .withObjectPostProcessor(
                        new ObjectPostProcessor<BearerTokenAuthenticationFilter>() {
                          @Override
                          public <F extends BearerTokenAuthenticationFilter> F postProcess(
                              F filter) {
                            filter.setAuthenticationFailureHandler(
                                (request, response, e) -> {
                                  if (e instanceof AuthenticationServiceException) {
                                    uncheckable(request, response);
                                  } else {
                                    unauthenticated(request, response);
                                  }
                                });
                            return filter;
                          }
                        }))
        .exceptionHandling(
            exceptions ->
                exceptions
                    .authenticationEntryPoint(
                        (request, response, e) -> unauthenticated(request, response))
                    .accessDeniedHandler((request, response, e) -> forbidden(request, response)))
        .sessionManagement(
            sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .csrf(AbstractHttpConfigurer::disable)
        .build();
  }

  @Bean
  JwtDecoder jwtDecoder(RequestProperties properties, Clock clock) {
    return AccessTokens.decoder(
        new IssuerKeys(properties.jwksUrl(), properties.jwksFresh(), properties.jwksStale(), clock),
        properties.issuerUrl(),
        properties.audience(),
        // The system's clock: a test may set the ledger's.
        Clock.systemUTC());
  }

  private static void unauthenticated(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
    ProblemWriter.write(
        request,
        response,
        Problem.of(CommonErrorCode.UNAUTHENTICATED, "A valid bearer token is required."));
  }

  /// The issuer's keys cannot be had: that says nothing about the caller.
  private static void uncheckable(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    ProblemWriter.write(
        request,
        response,
        Problem.of(CommonErrorCode.UNAVAILABLE, "Tokens cannot be checked now. Try again."));
  }

  private static void forbidden(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    ProblemWriter.write(
        request,
        response,
        Problem.of(CommonErrorCode.FORBIDDEN, "The token lacks the scope for this route."));
  }
}
