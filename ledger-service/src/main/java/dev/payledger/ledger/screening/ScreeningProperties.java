package dev.payledger.ledger.screening;

import java.net.URI;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/// Configuration of the way to fraud-service. Breaker, bulkhead and time limit are the `fraud`
/// instances of Resilience4j's own properties.
///
/// @param answerBytesMax longer answers are not read
@ConfigurationProperties("payledger.screening")
record ScreeningProperties(URI url, Duration connectTimeout, int answerBytesMax) {}
