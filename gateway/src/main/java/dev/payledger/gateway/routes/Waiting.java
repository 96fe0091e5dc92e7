package dev.payledger.gateway.routes;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Requests that ask for a transfer and to wait for its end, with `waitMs`. When too many wait already,
/// one more is told how the transfer stands now.
public final class Waiting {
  static final String PARAMETER = "waitMs";
  private static final String DECLINED = Waiting.class.getName();

  private Waiting() {}

  /// Whatever the value is, unless it is plainly none: what the service reads in another way than we
  /// do would wait all the same.
  public static boolean isAskedFor(HttpServletRequest request) {
    String @Nullable [] values = request.getParameterValues(PARAMETER);
    return values != null
        && Route.find(request).filter(Route::mayWait).isPresent()
        && !Arrays.stream(values).allMatch("0"::equals);
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
