package dev.payledger.gateway.problem;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;

/// Gives errors that the framework or the container decided on the same form as ours.
@Controller
class FrameworkErrorController implements ErrorController {
  private final Problems problems;

  FrameworkErrorController(Problems problems) {
    this.problems = problems;
  }

  @RequestMapping("/error")
  void error(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
    ProblemCode code = ProblemCode.ofStatus(status instanceof Integer number ? number : 404);
    problems.write(request, response, Problem.of(code, code.title() + "."));
  }
}
