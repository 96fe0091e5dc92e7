package dev.payledger.notify.access;

import java.time.Clock;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.firewall.RequestRejectedHandler;

/// The one list of who may call what.
@Configuration(proxyBeanMethods = false)
class AccessRules {

  @Bean
  SecurityFilterChain filters(HttpSecurity http, AccessProblems problems) {
    return http.authorizeHttpRequests(
            requests ->
                requests
                    // On the management port only, which nobody publishes.
                    .requestMatchers(EndpointRequest.toAnyEndpoint())
                    .permitAll()
                    .requestMatchers("/v1/**")
                    .hasAuthority("SCOPE_accounts:read")
                    .anyRequest()
                    .authenticated())
        .oauth2ResourceServer(
            server ->
                server
                    .jwt(jwt -> {})
                    .authenticationEntryPoint(problems)
                    .accessDeniedHandler(problems)
                    .withObjectPostProcessor(
                        new ObjectPostProcessor<BearerTokenAuthenticationFilter>() {
                          @Override
                          public <F extends BearerTokenAuthenticationFilter> F postProcess(
                              F filter) {
                            filter.setAuthenticationFailureHandler(problems);
                            return filter;
                          }
                        }))
        .exceptionHandling(
            handling -> handling.authenticationEntryPoint(problems).accessDeniedHandler(problems))
        .sessionManagement(
            session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .csrf(csrf -> csrf.disable())
        .build();
  }

  /// The keys are fetched lazily, so the service starts without its issuer, and keep for a while
  /// when the issuer goes away: the feed serves reads through an outage of the gateway.
  @Bean
  JwtDecoder tokens(AccessProperties properties, Clock clock) {
    return AccessTokens.decoder(
        new IssuerKeys(properties.jwksUrl(), properties.jwksFresh(), properties.jwksStale(), clock),
        properties.issuer(),
        properties.audience(),
        clock);
  }

  /// A path that hides another one (`//`, `;`, `%2e`) is refused before it is matched.
  @Bean
  RequestRejectedHandler refusedPaths(AccessProblems problems) {
    return (request, response, rejected) -> problems.writeMalformed(request, response);
  }
}
