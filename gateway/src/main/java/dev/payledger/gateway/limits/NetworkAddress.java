package dev.payledger.gateway.limits;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/// The part of a peer's address that its owner cannot change at will. Whoever has an IPv6 line has
/// the 2^64 addresses of its /64, and would have as many budgets.
final class NetworkAddress {
  private static final int PREFIX_BYTES = 8;

  private NetworkAddress() {}

  /// @param remoteAddress a literal, as the container tells it
  static String of(String remoteAddress) {
    InetAddress address = InetAddress.ofLiteral(remoteAddress);
    // An IPv4 address written as IPv6 is an IPv4 address here.
    if (!(address instanceof Inet6Address)) {
      return address.getHostAddress();
    }
    byte[] prefix = address.getAddress();
    Arrays.fill(prefix, PREFIX_BYTES, prefix.length, (byte) 0);
    try {
      return InetAddress.getByAddress(prefix).getHostAddress() + "/64";
    } catch (UnknownHostException e) {
      throw new IllegalStateException("16 bytes are an address", e);
    }
  }
}
