package dev.payledger.kit.management;

import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;

/// Ends the start of a service whose management port is its own port: the filter is not in front of that one.
@ManagementContextConfiguration(value = ManagementContextType.SAME, proxyBeanMethods = false)
class SamePortConfiguration {
  SamePortConfiguration() {
    throw new IllegalStateException(
        "management.server.port must be a port of its own: nothing guards the management endpoints on"
            + " server.port");
  }
}
