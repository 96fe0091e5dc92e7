package dev.payledger.stack;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;

/// The ports of one stack, all shifted by the same offset, so that two stacks fit on one machine.
///
/// Every port stays below 32768: above it the system hands ports to outgoing connections, and a
/// server would now and then find its port taken by a client.
public record StackPorts(int offset) {
  private static final int MANAGEMENT = 1_000;
  private static final int EPHEMERAL = 32_768;

  public StackPorts {
    if (offset < 0 || Service.KAFKA.basePort() + 1 + offset >= EPHEMERAL) {
      throw new IllegalArgumentException(
          "port offset " + offset + " moves a port out of 0 … " + (EPHEMERAL - 1));
    }
  }

  public int of(Service service) {
    return service.basePort() + offset;
  }

  public int managementOf(Service service) {
    if (!service.isOurs()) {
      throw new IllegalArgumentException(service.title() + " has no management port");
    }
    return of(service) + MANAGEMENT;
  }

  /// Where the service answers on this machine.
  public URI url(Service service) {
    return URI.create("http://127.0.0.1:" + of(service));
  }

  public URI managementUrl(Service service) {
    return URI.create("http://127.0.0.1:" + managementOf(service));
  }

  public String kafkaBootstrapServers() {
    return "127.0.0.1:" + of(Service.KAFKA);
  }

  /// Every port of the stack, and the process that listens there.
  public Map<Integer, Service> all() {
    Map<Integer, Service> ports = new LinkedHashMap<>();
    for (Service service : Service.values()) {
      ports.put(of(service), service);
      if (service.isOurs()) {
        ports.put(managementOf(service), service);
      }
    }
    // The broker's controller listens next to it.
    ports.put(of(Service.KAFKA) + 1, Service.KAFKA);
    return ports;
  }
}
