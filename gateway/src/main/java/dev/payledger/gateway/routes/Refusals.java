package dev.payledger.gateway.routes;

import dev.payledger.gateway.limits.RouteClass;
import dev.payledger.gateway.problem.TokenErrors;
import dev.payledger.kit.problem.Problem;
import dev.payledger.kit.problem.ProblemWriter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers a request that cannot be read: with a problem, or with an OAuth2 error at the token route.
/// The log line has none of the caller's text.
final class Refusals {
  private static final Logger log = LoggerFactory.getLogger(Refusals.class);

  private Refusals() {}

  static void write(HttpServletRequest request, HttpServletResponse response, Problem problem)
      throws IOException {
    log.info("refused a request that cannot be read with {}", problem.code().code());
    if (Route.find(request).filter(route -> route.routeClass() == RouteClass.TOKENS).isPresent()) {
      TokenErrors.write(response, problem.code().status(), "invalid_request");
    } else {
      ProblemWriter.write(request, response, problem);
    }
  }
}
