package dev.payledger.fraud.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.fraud.FraudServer;
import dev.payledger.testkit.contract.ManagementPortContract;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.context.ApplicationContext;

/// Without the profile `demo` there is no way to break this service, on either port.
class NoFaultsIT extends FraudServer {
  @LocalManagementPort private int managementPort;
  @Autowired private ApplicationContext context;

  @ParameterizedTest
  @CsvSource({"GET, ''", "POST, /hang", "DELETE, ''"})
  void theRouteIsNotThere(String method, String path) {
    String url = "http://127.0.0.1:" + managementPort + "/actuator/faults" + path;

    assertThat(
            send(HttpRequest.newBuilder(URI.create(url))
                    .header("Authorization", "Bearer " + ManagementPortContract.CREDENTIAL)
                    .method(method, BodyPublishers.noBody()))
                .statusCode())
        .isEqualTo(404);
    assertThat(
            send(request("/actuator/faults" + path).method(method, BodyPublishers.noBody()))
                .statusCode())
        .isEqualTo(404);
  }

  @Test
  void norIsAnythingBehindIt() {
    assertThat(context.getBeanNamesForType(Faults.class)).isEmpty();
    assertThat(context.getBeanNamesForType(FaultFilter.class)).isEmpty();
    assertThat(context.getBeanNamesForType(FaultsEndpoint.class)).isEmpty();
  }
}
