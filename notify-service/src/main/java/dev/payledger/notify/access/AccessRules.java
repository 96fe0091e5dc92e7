package dev.payledger.notify.access;

import dev.payledger.kit.access.AccessTokens;
import dev.payledger.kit.access.JwksCache;
import dev.payledger.kit.access.ResourceServer;
import dev.payledger.kit.problem.CommonErrorCode;
import dev.payledger.kit.problem.Problem;
import dev.payledger.kit.problem.ProblemWriter;
import java.time.Clock;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.firewall.RequestRejectedHandler;

/// The one list of who may call what.
@Configuration(proxyBeanMethods = false)
class AccessRules {

  @Bean
  SecurityFilterChain filters(HttpSecurity http) {
    return ResourceServer.configure(http)
        .authorizeHttpRequests(
            requests ->
                requests
                    // On the management port only, which nobody publishes.
                    .requestMatchers(EndpointRequest.toAnyEndpoint())
                    .permitAll()
                    .requestMatchers("/v1/**")
                    .hasAuthority("SCOPE_accounts:read")
                    .anyRequest()
                    .authenticated())
        .build();
  }

  /// The keys are fetched lazily, so the service starts without its issuer, and keep for a while
  /// when the issuer goes away: the feed serves reads through an outage of the gateway.
  @Bean
  JwtDecoder tokens(AccessProperties properties, Clock clock) {
    return AccessTokens.decoder(
        new JwksCache(properties.jwksUrl(), properties.jwksFresh(), properties.jwksStale(), clock),
        properties.issuer(),
        properties.audience(),
        clock);
  }

  /// A path that hides another one (`//`, `;`, `%2e`) is refused before it is matched.
  @Bean
  RequestRejectedHandler refusedPaths() {
    return (request, response, rejected) ->
        ProblemWriter.write(
            request,
            response,
            Problem.of(CommonErrorCode.INVALID_REQUEST, "The path is not in its plain form."));
  }
}
