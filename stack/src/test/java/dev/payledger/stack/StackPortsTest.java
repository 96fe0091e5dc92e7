package dev.payledger.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class StackPortsTest {
  @Test
  void everyListenerHasAPortOfItsOwn() {
    // Seven processes, five of them with a management port, and the broker's controller.
    assertThat(new StackPorts(0).all()).hasSize(13);
    assertThat(new StackPorts(0).managementOf(Service.GATEWAY)).isEqualTo(9080);
  }

  @Test
  void offsetMovesAllPorts() {
    assertThat(new StackPorts(700).all().keySet())
        .containsExactlyElementsOf(
            new StackPorts(0).all().keySet().stream().map(port -> port + 700).toList());
  }

  @Test
  void offsetNeverReachesThePortsOfOutgoingConnections() {
    int most = 32_767 - 19_093;
    assertThat(new StackPorts(most).all().keySet()).allMatch(port -> port < 32_768);

    assertThatThrownBy(() -> new StackPorts(most + 1)).hasMessageContaining("port offset");
    assertThatThrownBy(() -> new StackPorts(-1)).hasMessageContaining("port offset");
  }
}
