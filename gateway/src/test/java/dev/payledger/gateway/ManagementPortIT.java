package dev.payledger.gateway;

import dev.payledger.testkit.contract.ManagementPortContract;
import org.springframework.boot.test.web.server.LocalManagementPort;

/// With the signing keys of the demo behind the port.
class ManagementPortIT extends GatewayUnderTest implements ManagementPortContract {
  @LocalManagementPort private int managementPort;

  @Override
  public int managementPort() {
    return managementPort;
  }
}
