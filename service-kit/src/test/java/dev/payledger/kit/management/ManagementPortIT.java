package dev.payledger.kit.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.payledger.testkit.contract.ManagementPortContract;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/// A service with nothing but the kit.
@SpringBootTest(
    classes = ManagementPortIT.Managed.class,
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "management.server.port=0",
      "management.endpoints.web.exposure.include=*",
      "payledger.management.credential=" + ManagementPortContract.CREDENTIAL,
      "payledger.management.allowed-hosts=Prometheus.test,[fd00::1]"
    })
class ManagementPortIT implements ManagementPortContract {
  @LocalServerPort private int port;
  @LocalManagementPort private int managementPort;

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Managed {
    @Bean
    Own own() {
      return new Own();
    }

    @Bean
    SwitchEndpoint switchEndpoint() {
      return new SwitchEndpoint();
    }
  }

  @RestController
  static class Own {
    @PostMapping("/own")
    String own() {
      return "own";
    }
  }

  @WebEndpoint(id = "switch")
  static class SwitchEndpoint {
    @WriteOperation
    String on() {
      return "on";
    }

    @DeleteOperation
    void off() {}
  }

  @Override
  public int managementPort() {
    return managementPort;
  }

  @Test
  void answersUnderConfiguredNames() throws IOException {
    assertThat(send(managementPort, "GET /actuator HTTP/1.1\r\nHost: prometheus.TEST:9081"))
        .startsWith("HTTP/1.1 200 ");
    assertThat(send(managementPort, "GET /actuator HTTP/1.1\r\nHost: [fd00::1]"))
        .startsWith("HTTP/1.1 200 ");
  }

  @Test
  void endpointsChangeSomethingWithTheCredentialOnly() throws IOException {
    String path = "/actuator/switch HTTP/1.1\r\nHost: localhost";
    String right = "\r\nAuthorization: Bearer " + CREDENTIAL;
    assertThat(send(managementPort, "POST " + path)).startsWith("HTTP/1.1 401 ");
    assertThat(send(managementPort, "DELETE " + path)).startsWith("HTTP/1.1 401 ");
    assertThat(send(managementPort, "POST " + path + right)).startsWith("HTTP/1.1 200 ");
    assertThat(send(managementPort, "DELETE " + path + right)).startsWith("HTTP/1.1 204 ");
  }

  @Test
  void servicesOwnPortIsNotTouched() throws IOException {
    assertThat(send(port, "POST /own HTTP/1.1\r\nHost: payledger.example"))
        .startsWith("HTTP/1.1 200 ");
  }

  @Test
  void serviceWithoutCredentialDoesNotStart() {
    SpringApplicationBuilder service =
        new SpringApplicationBuilder(Managed.class)
            .web(WebApplicationType.SERVLET)
            .properties("server.port=0", "management.server.port=0");

    assertThatThrownBy(service::run)
        .hasStackTraceContaining("payledger.management.credential is missing");
  }

  @Test
  void serviceWithOnePortForBothDoesNotStart() {
    SpringApplicationBuilder service =
        new SpringApplicationBuilder(Managed.class)
            .web(WebApplicationType.SERVLET)
            .properties("server.port=0", "payledger.management.credential=any");

    assertThatThrownBy(service::run)
        .hasStackTraceContaining("management.server.port must be a port of its own");
  }

  private static String send(int port, String head) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write(
              (head
                      + "\r\nContent-Type: application/json\r\nContent-Length: 0"
                      + "\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }
}
