package dev.payledger.gateway.routes;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.core.io.ClassPathResource;
import org.springframework.stereotype.Controller;
import org.springframework.util.DigestUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.context.request.ServletWebRequest;

/// Serves the description of this API, `openapi.yaml`, as it is committed.
@Controller
class OpenApiController {
  private final byte[] yaml;
  private final String etag;

  OpenApiController() throws IOException {
    yaml = new ClassPathResource("openapi.yaml").getContentAsByteArray();
    etag = '"' + DigestUtils.md5DigestAsHex(yaml) + '"';
  }

  @GetMapping("/v1/openapi.yaml")
  void openApi(ServletWebRequest request, HttpServletResponse response) throws IOException {
    // It changes with a release only, and is the same for everybody.
    response.setHeader("Cache-Control", "public, max-age=3600");
    if (request.checkNotModified(etag)) {
      return;
    }
    response.setContentType("application/yaml");
    response.setContentLength(yaml.length);
    response.getOutputStream().write(yaml);
  }
}
