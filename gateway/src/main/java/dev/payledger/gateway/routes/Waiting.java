package dev.payledger.gateway.routes;

import dev.payledger.kit.request.QueryString;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Requests that ask for a transfer and to wait for its end, with `waitMs`. When too many wait already,
/// one more is told how the transfer stands now.
public final class Waiting {
  private static final String PARAMETER = "waitMs";
  private static final String DECLINED = Waiting.class.getName();

  private Waiting() {}

  /// Whatever the value is, except 0. `RequestValidationFilter` has refused the parameter at other routes.
  public static boolean isAskedFor(HttpServletRequest request) {
    String value = QueryString.parameters(request.getQueryString()).get(PARAMETER);
    return value != null && !value.equals("0");
  }

  /// From now on the request asks for the transfer as it is.
  public static void decline(HttpServletRequest request) {
    request.setAttribute(DECLINED, true);
  }

  /// The query to send to the service.
  static @Nullable String queryOf(HttpServletRequest request) {
    String query = request.getQueryString();
    if (query == null || request.getAttribute(DECLINED) == null) {
      return query;
    }
    return Arrays.stream(query.split("&"))
        .filter(part -> !nameOf(part).equals(PARAMETER))
        .collect(Collectors.joining("&"));
  }

  private static String nameOf(String part) {
    return URLDecoder.decode(part.split("=", 2)[0], StandardCharsets.UTF_8);
  }
}
