package dev.payledger.ledger.request;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/// Configuration of what requests carry.
///
/// @param issuerUrl the only issuer whose tokens count
/// @param jwksUrl where the issuer publishes its keys; read on first use
/// @param timeoutDefault time left of a request that names none
/// @param timeoutMax bound of what a request may name
/// @param cursorKey secret that page cursors are signed with
@ConfigurationProperties("payledger.request")
record RequestProperties(
    String issuerUrl,
    String jwksUrl,
    String audience,
    Duration timeoutDefault,
    Duration timeoutMax,
    String cursorKey) {
  RequestProperties {
    if (timeoutDefault.compareTo(timeoutMax) > 0) {
      throw new IllegalArgumentException("timeout-default must not exceed timeout-max");
    }
    if (cursorKey.length() < 16) {
      throw new IllegalArgumentException("cursor-key must have 16 characters or more");
    }
  }
}
