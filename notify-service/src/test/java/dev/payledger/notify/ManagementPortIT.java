package dev.payledger.notify;

import dev.payledger.testkit.contract.ManagementPortContract;
import org.springframework.boot.test.web.server.LocalManagementPort;

/// As `AccessIT` has it running.
class ManagementPortIT extends HearingServer implements ManagementPortContract {
  @LocalManagementPort private int managementPort;

  @Override
  public int managementPort() {
    return managementPort;
  }
}
