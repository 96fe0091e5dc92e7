package dev.payledger.gateway.issuer;

import dev.payledger.gateway.limits.RouteClass;
import dev.payledger.gateway.routes.BodyReader;
import dev.payledger.gateway.routes.Route;
import dev.payledger.kit.request.QueryString;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.web.filter.OncePerRequestFilter;

/// Parses the form of a token request before the client is authenticated; the servlet container would
/// answer 500 to a broken form. A parameter that is given twice is refused and one without a value is
/// ignored (RFC 6749 section 3.2).
final class TokenFormFilter extends OncePerRequestFilter {
  private static final Logger log = LoggerFactory.getLogger(TokenFormFilter.class);

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (Route.of(request).routeClass() != RouteClass.TOKENS) {
      chain.doFilter(request, response);
      return;
    }
    byte[] body = BodyReader.read(request, response, QueryString.CHARACTERS_MAX);
    if (body == null) {
      return;
    }
    Map<String, String[]> form;
    try {
      form = form(new String(body, StandardCharsets.ISO_8859_1));
    } catch (IllegalArgumentException e) {
      log.info("refused a token request whose form cannot be read");
      IssuerConfiguration.refuse(response, OAuth2ErrorCodes.INVALID_REQUEST);
      return;
    }
    chain.doFilter(new FormRequest(request, form), response);
  }

  private static Map<String, String[]> form(String body) {
    Map<String, String[]> form = new HashMap<>();
    if (!body.isEmpty()) {
      QueryString.pairs(body)
          .forEach(
              (name, value) -> {
                if (!value.isEmpty()) {
                  form.put(name, new String[] {value});
                }
              });
    }
    return form;
  }

  /// The request with the parameters of its form and no others.
  private static final class FormRequest extends HttpServletRequestWrapper {
    private final Map<String, String[]> form;

    FormRequest(HttpServletRequest request, Map<String, String[]> form) {
      super(request);
      this.form = form;
    }

    @Override
    public @Nullable String getParameter(String name) {
      String[] values = form.get(name);
      return values == null ? null : values[0];
    }

    @Override
    public String @Nullable [] getParameterValues(String name) {
      return form.get(name);
    }

    @Override
    public Map<String, String[]> getParameterMap() {
      return Collections.unmodifiableMap(form);
    }

    @Override
    public Enumeration<String> getParameterNames() {
      return Collections.enumeration(form.keySet());
    }
  }
}
