package dev.payledger.gateway.problem;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/// Gives errors that end in the container, in front of every filter, the form of a problem: a broken
/// request line, say. They have no trace id, since no request was read that could have one.
@Component
class ContainerErrors implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {
  @Override
  public void customize(TomcatServletWebServerFactory factory) {
    // Innermost of its kind, so that it writes first and the container's own page finds it done.
    factory.addContextCustomizers(
        context -> context.getParent().getPipeline().addValve(new ProblemValve()));
  }

  private static final class ProblemValve extends ErrorReportValve {
    @Override
    protected void report(Request request, Response response, Throwable throwable) {
      int status = response.getStatus();
      if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
        return;
      }
      ProblemCode code = ProblemCode.ofStatus(status);
      String body =
          "{\"type\":\"%s%s\",\"title\":\"%s\",\"status\":%d,\"detail\":\"%s.\",\"code\":\"%s\",\"retryable\":%s}"
              .formatted(
                  Problems.TYPES,
                  code.code(),
                  code.title(),
                  status,
                  code.title(),
                  code.code(),
                  code.isRetryable());
      try {
        response.setContentType("application/problem+json");
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
        response.finishResponse();
      } catch (IOException | IllegalStateException e) {
        // The connection is gone or the answer begun: nobody is left to tell.
        container.getLogger().debug("error not reported", e);
      }
    }
  }
}
