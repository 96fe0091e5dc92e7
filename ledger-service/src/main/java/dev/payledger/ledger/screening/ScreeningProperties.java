package dev.payledger.ledger.screening;

import java.net.URI;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/// Configuration of the way to fraud-service. Breaker, bulkhead and time limit are the `fraud`
/// instances of Resilience4j's own properties.
///
/// @param credential what fraud-service lets in
/// @param answerBytesMax longer answers are not read
/// @param retryPercent repeated calls per hundred first questions, 0 to 100
/// @param retryBalanceMax how many repeats may be saved up for later
/// @param retryInterval one repeat in each is free when none was saved up
@ConfigurationProperties("payledger.screening")
record ScreeningProperties(
    URI url,
    String credential,
    Duration connectTimeout,
    int answerBytesMax,
    int retryPercent,
    int retryBalanceMax,
    Duration retryInterval) {
  ScreeningProperties {
    if (retryPercent < 0 || retryPercent > 100 || retryBalanceMax < 1) {
      throw new IllegalArgumentException(
          "retry-percent must be 0 to 100 and retry-balance-max at least 1");
    }
    if (!retryInterval.isPositive()) {
      throw new IllegalArgumentException("retry-interval must be positive");
    }
  }
}
