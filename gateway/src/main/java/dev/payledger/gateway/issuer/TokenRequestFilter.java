package dev.payledger.gateway.issuer;

import dev.payledger.gateway.limits.RateLimitResult;
import dev.payledger.gateway.limits.RateLimits;
import dev.payledger.gateway.limits.RouteClass;
import dev.payledger.gateway.routes.Route;
import dev.payledger.kit.problem.CommonErrorCode;
import dev.payledger.kit.problem.Problem;
import dev.payledger.kit.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.server.authorization.web.authentication.ClientSecretBasicAuthenticationConverter;
import org.springframework.security.oauth2.server.authorization.web.authentication.ClientSecretPostAuthenticationConverter;
import org.springframework.security.web.authentication.AuthenticationConverter;
import org.springframework.security.web.authentication.DelegatingAuthenticationConverter;
import org.springframework.web.filter.OncePerRequestFilter;

/// Stands in front of the check of a client's secret: how often each client may ask for a token, and how
/// many secrets are checked at once. Whoever guesses waits for guesses only, and in a queue that is
/// short.
///
/// Whose request it is, is read as the check reads it, so that no spelling of an id has a budget of its
/// own. All ids that no client has share one.
final class TokenRequestFilter extends OncePerRequestFilter {
  /// No client's id: ids have a character at least.
  private static final String NOBODY = "";

  private static final AuthenticationConverter CLAIMED_CLIENT =
      new DelegatingAuthenticationConverter(
          List.of(
              new ClientSecretBasicAuthenticationConverter(),
              new ClientSecretPostAuthenticationConverter()));

  private final Clients clients;
  private final DemoIssuerProperties.SecretChecks bounds;
  private final RateLimits limits;
  private final Map<String, Semaphore> placesByClient = new HashMap<>();
  private final Semaphore checks;

  TokenRequestFilter(Clients clients, DemoIssuerProperties properties, RateLimits limits) {
    this.clients = clients;
    this.bounds = properties.secretChecks();
    this.limits = limits;
    placesByClient.put(NOBODY, new Semaphore(bounds.perClientMax()));
    properties
        .clients()
        .forEach(client -> placesByClient.put(client.id(), new Semaphore(bounds.perClientMax())));
    // In the order in which they came: every request has its turn.
    this.checks = new Semaphore(bounds.concurrencyMax(), true);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (Route.of(request).routeClass() != RouteClass.TOKENS) {
      chain.doFilter(request, response);
      return;
    }
    String client = claimedClient(request);
    // The peer's address: a forwarded one would be the caller's own invention.
    RateLimitResult decision = limits.takeByClient(client, request.getRemoteAddr());
    decision.writeHeaders(response);
    if (!(decision instanceof RateLimitResult.Allowed)) {
      ProblemWriter.write(request, response, decision.problem());
      return;
    }
    Semaphore places = Objects.requireNonNull(placesByClient.get(client));
    if (!places.tryAcquire()) {
      ProblemWriter.write(request, response, tooMany());
      return;
    }
    try {
      check(request, response, chain);
    } finally {
      places.release();
    }
  }

  private void check(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (!isCheckable()) {
      ProblemWriter.write(request, response, tooMany());
      return;
    }
    try {
      chain.doFilter(request, response);
    } finally {
      checks.release();
    }
  }

  private boolean isCheckable() {
    try {
      return checks.tryAcquire(bounds.waitMax().toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private String claimedClient(HttpServletRequest request) {
    try {
      Authentication claimed = CLAIMED_CLIENT.convert(request);
      return claimed != null && clients.has(claimed.getName()) ? claimed.getName() : NOBODY;
    } catch (OAuth2AuthenticationException e) {
      return NOBODY;
    }
  }

  /// Those who were refused together should not come back together.
  private static Problem tooMany() {
    return Problem.retryAfter(
        CommonErrorCode.TEMPORARY_REDUCED_CAPACITY,
        "There are more requests for tokens now than can be checked. Send this one again later.",
        Duration.ofSeconds(ThreadLocalRandom.current().nextInt(1, 4)));
  }
}
