package dev.payledger.gateway.routes;

import dev.payledger.gateway.problem.Problem;
import dev.payledger.gateway.problem.ProblemCode;
import dev.payledger.gateway.problem.Problems;
import dev.payledger.gateway.shape.BodyShape;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.filter.OncePerRequestFilter;

/// Finds the route of a request, and refuses what is too large or of the wrong kind, before anybody
/// spends time on it.
public final class SizeAndShapeFilter extends OncePerRequestFilter {
  private static final int QUERY_CHARACTERS_MAX = 2_048;
  private static final Pattern QUERY =
      Pattern.compile("(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*+");

  private final Routes routes;
  private final Problems problems;

  public SizeAndShapeFilter(Routes routes, Problems problems) {
    this.routes = routes;
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    switch (routes.match(request.getMethod(), request.getRequestURI())) {
      case Routes.Match.Unknown() ->
          problems.write(
              request,
              response,
              Problem.of(ProblemCode.NOT_FOUND, "Nothing is at this address, or it is not yours."));
      case Routes.Match.OtherMethod(var allowed) -> {
        String methods = String.join(", ", allowed.stream().sorted().toList());
        response.setHeader("Allow", methods);
        problems.write(
            request,
            response,
            Problem.of(ProblemCode.METHOD_NOT_ALLOWED, "Allowed here: " + methods + "."));
      }
      case Routes.Match.Found(Route route) -> {
        Optional<Problem> refusal = refusal(request, route);
        if (refusal.isPresent()) {
          problems.write(request, response, refusal.get());
        } else {
          route.putInto(request);
          chain.doFilter(request, response);
        }
      }
    }
  }

  private static Optional<Problem> refusal(HttpServletRequest request, Route route) {
    String query = request.getQueryString();
    if (query != null
        && (query.length() > QUERY_CHARACTERS_MAX || !QUERY.matcher(query).matches())) {
      return problem(
          ProblemCode.INVALID_REQUEST,
          "The query is longer than %d characters or not well-formed."
              .formatted(QUERY_CHARACTERS_MAX));
    }
    if (Collections.list(request.getHeaders("Authorization")).size() > 1) {
      return problem(ProblemCode.INVALID_REQUEST, "Send Authorization once.");
    }
    // A body sent in chunks has no length yet; it is measured while it is read.
    int bytesMax = bodyBytesMax(route);
    if (request.getContentLengthLong() > bytesMax) {
      return problem(ProblemCode.PAYLOAD_TOO_LARGE, tooLarge(bytesMax));
    }
    if (route.target() instanceof Route.Command && hasBody(request) && !isJson(request)) {
      return problem(
          ProblemCode.UNSUPPORTED_MEDIA_TYPE,
          "Send the body as application/json in UTF-8, without content encoding.");
    }
    return Optional.empty();
  }

  static String tooLarge(int bytesMax) {
    return "The body may have at most %d bytes.".formatted(bytesMax);
  }

  private static int bodyBytesMax(Route route) {
    return route.target() instanceof Route.Command command
        ? command.shape().bytesMax()
        : BodyShape.BYTES_MAX;
  }

  private static boolean hasBody(HttpServletRequest request) {
    return request.getContentLengthLong() > 0
        || request.getHeader("Transfer-Encoding") != null
        || request.getContentType() != null;
  }

  private static boolean isJson(HttpServletRequest request) {
    if (request.getHeader("Content-Encoding") != null) {
      return false;
    }
    @Nullable String contentType = request.getContentType();
    if (contentType == null) {
      return false;
    }
    try {
      MediaType type = MediaType.parseMediaType(contentType);
      return type.equalsTypeAndSubtype(MediaType.APPLICATION_JSON)
          && (type.getCharset() == null || type.getCharset().equals(StandardCharsets.UTF_8));
    } catch (InvalidMediaTypeException e) {
      return false;
    }
  }

  private static Optional<Problem> problem(ProblemCode code, String detail) {
    return Optional.of(Problem.of(code, detail));
  }
}
