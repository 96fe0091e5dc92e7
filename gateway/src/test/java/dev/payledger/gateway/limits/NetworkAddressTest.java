package dev.payledger.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NetworkAddressTest {
  @Test
  void anIpv4AddressIsItself() {
    assertThat(NetworkAddress.of("192.0.2.1")).isEqualTo("192.0.2.1");
    assertThat(NetworkAddress.of("::ffff:192.0.2.1")).isEqualTo("192.0.2.1");
  }

  @Test
  void allAddressesOfOneIpv6LineAreOne() {
    String line = NetworkAddress.of("2001:db8:1:2::1");
    assertThat(line).isEqualTo("2001:db8:1:2:0:0:0:0/64");
    assertThat(NetworkAddress.of("2001:db8:1:2:ffff:ffff:ffff:ffff")).isEqualTo(line);
    assertThat(NetworkAddress.of("2001:0DB8:0001:0002:0:0:0:5")).isEqualTo(line);
    assertThat(NetworkAddress.of("2001:db8:1:3::1")).isNotEqualTo(line);
  }
}
