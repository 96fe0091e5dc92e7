package dev.payledger.relay.web;

import dev.payledger.relay.RelayApplication;
import dev.payledger.testkit.contract.ManagementPortContract;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalManagementPort;

/// As `RelayPortIT` has it running.
@SpringBootTest(
    classes = RelayApplication.class,
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "management.server.port=0",
      "POSTGRES_PORT=1",
      "KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:1"
    })
class ManagementPortIT implements ManagementPortContract {
  @LocalManagementPort private int managementPort;

  @Override
  public int managementPort() {
    return managementPort;
  }
}
