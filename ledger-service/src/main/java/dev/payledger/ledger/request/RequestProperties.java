package dev.payledger.ledger.request;

import java.net.URI;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/// Configuration of what requests carry.
///
/// @param issuerUrl the only issuer whose tokens count
/// @param jwksUrl where the issuer publishes its keys; read on first use
/// @param jwksFresh how long fetched keys count as all that there are
/// @param jwksStale how long they are used when the issuer cannot be reached
/// @param timeoutDefault the time of a request that names none
/// @param timeoutMax the most that a request can name
/// @param cursorKey signs page cursors; a secret of at least 32 bytes, the same on all instances
/// @param concurrencyMax requests that are worked for at once
@ConfigurationProperties("payledger.request")
record RequestProperties(
    String issuerUrl,
    URI jwksUrl,
    Duration jwksFresh,
    Duration jwksStale,
    String audience,
    Duration timeoutDefault,
    Duration timeoutMax,
    String cursorKey,
    int concurrencyMax) {
  RequestProperties {
    if (timeoutDefault.compareTo(timeoutMax) > 0) {
      throw new IllegalArgumentException("timeout-default must not exceed timeout-max");
    }
    if (concurrencyMax < 1) {
      throw new IllegalArgumentException("concurrency-max must be positive");
    }
  }
}
