package dev.payledger.ledger.request;

import dev.payledger.ledger.LedgerUnderTest;
import dev.payledger.testkit.contract.ManagementPortContract;
import org.springframework.boot.test.web.server.LocalManagementPort;

class ManagementPortIT extends LedgerUnderTest implements ManagementPortContract {
  @LocalManagementPort private int managementPort;

  @Override
  public int managementPort() {
    return managementPort;
  }
}
