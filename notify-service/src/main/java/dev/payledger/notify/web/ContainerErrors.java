package dev.payledger.notify.web;

import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// Gives errors that end in the container, in front of every filter, the form of a problem: a broken
/// request line, say.
@Component
final class ContainerErrors implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {
  private static final Logger LOG = LoggerFactory.getLogger(ContainerErrors.class);
  private final JsonMapper json;

  ContainerErrors(JsonMapper json) {
    this.json = json;
  }

  @Override
  public void customize(TomcatServletWebServerFactory factory) {
    // Innermost of its kind, so that it writes first and the container's own page finds it done.
    factory.addContextCustomizers(
        context -> context.getParent().getPipeline().addValve(new ProblemValve(json)));
  }

  private static final class ProblemValve extends ErrorReportValve {
    private final JsonMapper json;

    ProblemValve(JsonMapper json) {
      this.json = json;
    }

    @Override
    protected void report(Request request, Response response, Throwable throwable) {
      int status = response.getStatus();
      if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
        return;
      }
      try (var _ = MDC.putCloseable(TraceId.KEY, TraceId.of(request.getHeader("traceparent")))) {
        LOG.info("The container refused a request with {}", status);
        ProblemCode code = ProblemCode.ofStatus(status);
        ProblemDetail problem =
            Problems.problem(
                code,
                code == ProblemCode.INVALID_REQUEST
                    ? "The request is not well-formed HTTP."
                    : code.next());
        problem.setStatus(status);
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.getOutputStream().write(json.writeValueAsBytes(problem));
        response.finishResponse();
      } catch (IOException | IllegalStateException e) {
        // The connection is gone or the answer begun: nobody is left to tell.
        container.getLogger().debug("error not reported", e);
      }
    }
  }
}
