package dev.payledger.kit.request;

import dev.payledger.kit.problem.CommonErrorCode;
import dev.payledger.kit.problem.Problem;
import dev.payledger.kit.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.filter.OncePerRequestFilter;

/// Refuses a query that cannot be parsed and a body that is not JSON, before anything asks the servlet
/// container for parameters, which would answer 500. Sets the headers that every answer has.
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
public final class RequestHeadFilter extends OncePerRequestFilter {
  private static final Logger LOG = LoggerFactory.getLogger(RequestHeadFilter.class);

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    response.setHeader("X-Content-Type-Options", "nosniff");
    try {
      QueryString.parameters(request.getQueryString());
    } catch (IllegalArgumentException e) {
      refuse(
          request,
          response,
          CommonErrorCode.INVALID_REQUEST,
          Objects.requireNonNull(e.getMessage()));
      return;
    }
    if (isJson(request)) {
      chain.doFilter(request, response);
    } else {
      refuse(
          request,
          response,
          CommonErrorCode.UNSUPPORTED_MEDIA_TYPE,
          "Send the body as application/json in UTF-8, without content encoding.");
    }
  }

  private void refuse(
      HttpServletRequest request, HttpServletResponse response, CommonErrorCode code, String detail)
      throws IOException {
    LOG.info("refused a request that cannot be read with {}", code.code());
    ProblemWriter.write(request, response, Problem.of(code, detail));
  }

  private static boolean isJson(HttpServletRequest request) {
    String contentType = request.getContentType();
    if (contentType == null) {
      return true;
    }
    try {
      MediaType type = MediaType.parseMediaType(contentType);
      return type.equalsTypeAndSubtype(MediaType.APPLICATION_JSON)
          && (type.getCharset() == null || type.getCharset().equals(StandardCharsets.UTF_8))
          && request.getHeader("Content-Encoding") == null;
    } catch (InvalidMediaTypeException e) {
      return false;
    }
  }
}
