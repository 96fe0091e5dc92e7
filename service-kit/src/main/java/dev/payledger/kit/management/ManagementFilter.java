package dev.payledger.kit.management;

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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import tools.jackson.databind.json.JsonMapper;

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

  private static final String TRACE_ID = "traceId";
  private static final Pattern TRACEPARENT =
      Pattern.compile("[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

  private final AllowedHosts hosts;
  private final byte[] expected;
  private final JsonMapper json = JsonMapper.builder().build();

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
    String traceId = traceId(request.getHeader("traceparent"));
    try (var _ = MDC.putCloseable(TRACE_ID, traceId)) {
      LOG.info("Refused a request at the management port with {}", code.code());
    }
    Map<String, Object> problem = new LinkedHashMap<>();
    problem.put("type", "https://payledger.dev/problems/" + code.code());
    problem.put("title", code.title());
    problem.put("status", code.status());
    // Names no host: what the caller sent is not repeated.
    problem.put("detail", code.next());
    problem.put("code", code.code());
    problem.put("retryable", code.isRetryable());
    problem.put("traceId", traceId);
    byte[] body = json.writeValueAsBytes(problem);
    response.setStatus(code.status());
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setContentType("application/problem+json");
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }

  /// The trace id of the header, or a fresh one when it has none.
  private static String traceId(@Nullable String traceparent) {
    if (traceparent != null) {
      Matcher matcher = TRACEPARENT.matcher(traceparent);
      if (matcher.matches()) {
        return matcher.group(1);
      }
    }
    return UUID.randomUUID().toString().replace("-", "");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
