package dev.payledger.gateway.routes;

import dev.payledger.gateway.limits.RouteClass;
import dev.payledger.gateway.schema.BodySchema;
import dev.payledger.kit.problem.CommonErrorCode;
import dev.payledger.kit.problem.ErrorCode;
import dev.payledger.kit.problem.Excerpt;
import dev.payledger.kit.problem.Problem;
import dev.payledger.kit.problem.ProblemWriter;
import dev.payledger.kit.request.QueryString;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.filter.OncePerRequestFilter;

/// Finds the route of a request, and refuses a query that the route does not take and a body that is too
/// large or of the wrong kind, before anybody spends time on it.
public final class RequestValidationFilter extends OncePerRequestFilter {
  private final Routes routes;

  public RequestValidationFilter(Routes routes) {
    this.routes = routes;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Routes.Match match = routes.match(request.getMethod(), request.getRequestURI());
    if (match instanceof Routes.Match.Found(Route route)) {
      route.putInto(request);
    }
    Map<String, String> query;
    try {
      query = QueryString.parameters(request.getQueryString());
    } catch (IllegalArgumentException e) {
      Refusals.write(
          request,
          response,
          Problem.of(CommonErrorCode.INVALID_REQUEST, Objects.requireNonNull(e.getMessage())));
      return;
    }
    switch (match) {
      case Routes.Match.Unknown() ->
          ProblemWriter.write(
              request,
              response,
              Problem.of(
                  CommonErrorCode.NOT_FOUND, "Nothing is at this address, or it is not yours."));
      case Routes.Match.OtherMethod(var allowed) -> {
        String methods = String.join(", ", allowed.stream().sorted().toList());
        response.setHeader("Allow", methods);
        ProblemWriter.write(
            request,
            response,
            Problem.of(CommonErrorCode.METHOD_NOT_ALLOWED, "Allowed here: " + methods + "."));
      }
      case Routes.Match.Found(Route route) -> {
        Optional<Problem> refusal = refusal(request, query, route);
        if (refusal.isPresent()) {
          Refusals.write(request, response, refusal.get());
        } else {
          chain.doFilter(request, response);
        }
      }
    }
  }

  private static Optional<Problem> refusal(
      HttpServletRequest request, Map<String, String> query, Route route) {
    Optional<String> unknown =
        query.keySet().stream().filter(name -> !route.parameters().contains(name)).findFirst();
    if (unknown.isPresent()) {
      // An ignored filter would show more than was asked for. The service refuses missing
      // parameters
      // and wrong values.
      return problem(
          CommonErrorCode.INVALID_REQUEST,
          "%s is no parameter of this route.".formatted(Excerpt.of(unknown.get())));
    }
    if (Collections.list(request.getHeaders("Authorization")).size() > 1) {
      return problem(CommonErrorCode.INVALID_REQUEST, "Send Authorization once.");
    }
    // A body sent in chunks has no length yet; it is measured while it is read.
    int bytesMax = bodyBytesMax(route);
    if (request.getContentLengthLong() > bytesMax) {
      return problem(CommonErrorCode.PAYLOAD_TOO_LARGE, tooLarge(bytesMax));
    }
    MediaType type = mediaType(route);
    if (type != null && hasBody(request) && !isOf(type, request)) {
      return problem(
          CommonErrorCode.UNSUPPORTED_MEDIA_TYPE,
          "Send the body as %s in UTF-8, without content encoding.".formatted(type));
    }
    return Optional.empty();
  }

  static String tooLarge(int bytesMax) {
    return "The body may have at most %d bytes.".formatted(bytesMax);
  }

  private static int bodyBytesMax(Route route) {
    return route.target() instanceof Route.Command command
        ? command.schema().bytesMax()
        : BodySchema.BYTES_MAX;
  }

  private static boolean hasBody(HttpServletRequest request) {
    return request.getContentLengthLong() > 0
        || request.getHeader("Transfer-Encoding") != null
        || request.getContentType() != null;
  }

  /// The media type of the route's body; null when it has none.
  private static @Nullable MediaType mediaType(Route route) {
    if (route.routeClass() == RouteClass.TOKENS) {
      return MediaType.APPLICATION_FORM_URLENCODED;
    }
    return route.target() instanceof Route.Command ? MediaType.APPLICATION_JSON : null;
  }

  private static boolean isOf(MediaType expected, HttpServletRequest request) {
    if (request.getHeader("Content-Encoding") != null) {
      return false;
    }
    @Nullable String contentType = request.getContentType();
    if (contentType == null) {
      return false;
    }
    try {
      MediaType type = MediaType.parseMediaType(contentType);
      return type.equalsTypeAndSubtype(expected)
          && (type.getCharset() == null || type.getCharset().equals(StandardCharsets.UTF_8));
    } catch (InvalidMediaTypeException e) {
      return false;
    }
  }

  private static Optional<Problem> problem(ErrorCode code, String detail) {
    return Optional.of(Problem.of(code, detail));
  }
}
