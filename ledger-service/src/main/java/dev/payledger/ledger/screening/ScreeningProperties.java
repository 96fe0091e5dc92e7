package dev.payledger.ledger.screening;

import java.net.URI;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/// Configuration of the way to fraud-service. Breaker and time limit are the `fraud` instances of
/// Resilience4j's own properties.
///
/// @param credential what fraud-service lets in
/// @param answerBytesMax longer answers are not read
/// @param retryPercent repeated calls per hundred first questions, 0 to 100
/// @param retryBalanceMax how many repeats may be saved up for later
/// @param retryInterval one repeat in each is free when none was saved up
/// @param permits questions at fraud-service at once
/// @param permitsPerCaller how many of them one caller may have; half of them at most, so that nobody
///     keeps the others out
/// @param waitingPerCallerMax how many of one caller's transfers may wait for its permits, at least 1
/// @param releasePermits releases at fraud-service at once
@ConfigurationProperties("payledger.screening")
record ScreeningProperties(
    URI url,
    String credential,
    Duration connectTimeout,
    int answerBytesMax,
    int retryPercent,
    int retryBalanceMax,
    Duration retryInterval,
    int permits,
    int permitsPerCaller,
    int waitingPerCallerMax,
    int releasePermits) {
  ScreeningProperties {
    if (retryPercent < 0 || retryPercent > 100 || retryBalanceMax < 1) {
      throw new IllegalArgumentException(
          "retry-percent must be 0 to 100 and retry-balance-max at least 1");
    }
    if (!retryInterval.isPositive()) {
      throw new IllegalArgumentException("retry-interval must be positive");
    }
    if (permitsPerCaller < 1 || permitsPerCaller > permits / 2) {
      throw new IllegalArgumentException(
          "permits-per-caller must be at least 1 and at most half of permits");
    }
    if (waitingPerCallerMax < 1 || releasePermits < 1) {
      throw new IllegalArgumentException(
          "waiting-per-caller-max and release-permits must be at least 1");
    }
  }
}
