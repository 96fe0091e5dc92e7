package dev.payledger.kit.problem;

import dev.payledger.kit.trace.Traceparent;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;

/// Gives errors that end in the container, in front of every filter, the form of a problem: a broken
/// request line, for example.
public final class ContainerErrors
    implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {
  private static final Logger LOG = LoggerFactory.getLogger(ContainerErrors.class);

  @Override
  public void customize(TomcatServletWebServerFactory factory) {
    // Innermost of its kind: it writes first, and the container's own page finds the answer
    // written.
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
      CommonErrorCode code = CommonErrorCode.ofStatus(status);
      String detail =
          code == CommonErrorCode.INVALID_REQUEST
              ? "The request is not well-formed HTTP."
              : code.next();
      try (var _ = Traceparent.of(request).inLog()) {
        LOG.info("the container refused a request with {}", status);
        ProblemWriter.write(request, response, Problem.of(code, detail), status);
        response.finishResponse();
      } catch (IOException | IllegalStateException e) {
        // The connection is gone, or the answer has begun: no caller can read it.
        container.getLogger().debug("error not reported", e);
      }
    }
  }
}
