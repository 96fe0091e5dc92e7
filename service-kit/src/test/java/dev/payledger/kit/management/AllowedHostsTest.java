package dev.payledger.kit.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedHostsTest {
  private final AllowedHosts hosts = new AllowedHosts(List.of("Ledger-Service", "[fd00::1]"));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.0.0.1:9081",
        "LOCALHOST",
        "[::1]:1",
        "ledger-service",
        "LEDGER-SERVICE:9081",
        "[FD00::1]"
      })
  void allowsNamesWithAnyPort(String host) {
    assertThat(hosts.allows(host)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " localhost",
        "localhost ",
        "localhost\n",
        "localhost:x",
        "localhost:80:80",
        "127.0.0.1@evil",
        "evil@127.0.0.1",
        "::1",
        "[::1",
        "[::1]evil",
        "localhost,evil.example",
        "ledger-service.evil.example",
        "ľocalhost"
      })
  void refusesEverythingElse(String host) {
    assertThat(hosts.allows(host)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "*", "*.example", "ledger:9081", "http://ledger", "::1"})
  void takesNoPatternOrPortForAName(String name) {
    assertThatThrownBy(() -> new AllowedHosts(List.of(name)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("allowed-hosts");
  }
}
