package dev.payledger.ledger.request;

import dev.payledger.kit.access.AccessTokens;
import dev.payledger.kit.access.JwksCache;
import dev.payledger.kit.access.ResourceServer;
import java.time.Clock;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.web.SecurityFilterChain;

/// Who may call what. The ledger trusts the caller's token and nothing about the network: that a
/// request came through the gateway proves nothing.
@Configuration(proxyBeanMethods = false)
class AccessConfiguration {

  @Bean
  SecurityFilterChain access(HttpSecurity http) {
    return ResourceServer.configure(http)
        .authorizeHttpRequests(
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
        .build();
  }

  @Bean
  JwtDecoder jwtDecoder(RequestProperties properties, Clock clock) {
    return AccessTokens.decoder(
        new JwksCache(properties.jwksUrl(), properties.jwksFresh(), properties.jwksStale(), clock),
        properties.issuerUrl(),
        properties.audience(),
        // The system's clock: a test may set the ledger's.
        Clock.systemUTC());
  }
}
