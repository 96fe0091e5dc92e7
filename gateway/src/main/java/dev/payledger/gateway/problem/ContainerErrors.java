package dev.payledger.gateway.problem;

import dev.payledger.gateway.trace.Traceparent;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/// Gives errors that end in the container the form of a problem: a broken request line, say, which
/// no filter sees. A request that could not be read has a trace of its own, which the log names.
@Component
class ContainerErrors implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {
  private static final Logger log = LoggerFactory.getLogger(ContainerErrors.class);
  private final Problems problems;

  ContainerErrors(Problems problems) {
    this.problems = problems;
  }

  @Override
  public void customize(TomcatServletWebServerFactory factory) {
    // Innermost of its kind, so that it writes first and the container's own page finds it done.
    factory.addContextCustomizers(
        context -> context.getParent().getPipeline().addValve(new ProblemValve(problems)));
  }

  private static final class ProblemValve extends ErrorReportValve {
    private final Problems problems;

    ProblemValve(Problems problems) {
      this.problems = problems;
    }

    @Override
    protected void report(Request request, Response response, Throwable throwable) {
      int status = response.getStatus();
      if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
        return;
      }
      ProblemCode code = ProblemCode.ofStatus(status);
      Traceparent trace = Traceparent.of(request);
      trace.putInto(request);
      try (var _ = trace.inLog()) {
        log.info("the container refused a request with {}", status);
        problems.write(request, response, Problem.of(code, code.title() + "."), status);
        response.finishResponse();
      } catch (IOException | IllegalStateException e) {
        // The connection is gone or the answer begun: nobody is left to tell.
        container.getLogger().debug("error not reported", e);
      }
    }
  }
}
