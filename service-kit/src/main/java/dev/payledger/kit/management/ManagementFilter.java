package dev.payledger.kit.management;

import dev.payledger.kit.problem.Problem;
import dev.payledger.kit.problem.ProblemWriter;
import dev.payledger.kit.trace.Traceparent;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Stands in front of everything on the management port. A request must name an allowed host, and needs
/// the credential unless its method is safe.
///
/// The host keeps web pages out that have their own name resolved to 127.0.0.1 (DNS rebinding). Pages of
/// another origin cannot read an answer, and what they can send without asking (a form's POST) has no
/// credential: so `Origin` and `Sec-Fetch-Site` need no rule of their own.
final class ManagementFilter implements Filter {
  private static final Logger LOG = LoggerFactory.getLogger(ManagementFilter.class);

  /// Methods that change nothing (RFC 9110 section 9.2.1). TRACE, which is safe too, is not served.
  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

  private final AllowedHosts hosts;
  private final byte[] expected;

  ManagementFilter(ManagementProperties properties) {
    this.hosts = new AllowedHosts(properties.allowedHosts());
    this.expected = bytes("Bearer " + properties.credential());
  }

  @Override
  public void doFilter(ServletRequest servletRequest, ServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    HttpServletRequest request = (HttpServletRequest) servletRequest;
    boolean isSafe = SAFE.contains(request.getMethod());
    if (!isHostAllowed(request, isSafe)) {
      refuse(
          request,
          (HttpServletResponse) response,
          ManagementProblemCode.MANAGEMENT_HOST_NOT_ALLOWED);
    } else if (hasCredential(request)) {
      chain.doFilter(new CredentialTaken(request), response);
    } else if (isSafe) {
      chain.doFilter(request, response);
    } else {
      ((HttpServletResponse) response).setHeader("WWW-Authenticate", "Bearer");
      refuse(
          request,
          (HttpServletResponse) response,
          ManagementProblemCode.MANAGEMENT_CREDENTIAL_REQUIRED);
    }
  }

  /// Without a host only a safe request of HTTP/1.0 passes, such as a container's health check: a
  /// browser always names one.
  private boolean isHostAllowed(HttpServletRequest request, boolean isSafe) {
    List<String> named = Collections.list(request.getHeaders("Host"));
    return named.isEmpty()
        ? isSafe && request.getProtocol().equals("HTTP/1.0")
        : named.size() == 1 && hosts.allows(named.getFirst());
  }

  private boolean hasCredential(HttpServletRequest request) {
    List<String> given = Collections.list(request.getHeaders("Authorization"));
    // In constant time, so that its letters cannot be found one by one.
    return given.size() == 1 && MessageDigest.isEqual(expected, bytes(given.getFirst()));
  }

  private void refuse(
      HttpServletRequest request, HttpServletResponse response, ManagementProblemCode code)
      throws IOException {
    try (var _ = Traceparent.of(request).inLog()) {
      LOG.info("refused a request at the management port with {}", code.code());
    }
    // Names no host: what the caller sent is not repeated.
    ProblemWriter.write(request, response, Problem.of(code, code.next()));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
