package dev.payledger.fraud;

import dev.payledger.testkit.contract.ManagementPortContract;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.test.context.ActiveProfiles;

/// With the faults of the demo behind the port.
@ActiveProfiles("demo")
class ManagementPortIT extends FraudServer implements ManagementPortContract {
  @LocalManagementPort private int managementPort;

  @Override
  public int managementPort() {
    return managementPort;
  }
}
