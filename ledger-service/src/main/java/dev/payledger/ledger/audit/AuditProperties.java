package dev.payledger.ledger.audit;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/// Configuration of the continuous auditor.
///
/// @param interval time from one pass to the next
/// @param batchMax events looked at in one pass, at least 1
@ConfigurationProperties("payledger.audit")
record AuditProperties(Duration interval, int batchMax) {
  AuditProperties {
    if (!interval.isPositive() || batchMax < 1) {
      throw new IllegalArgumentException("interval must be positive and batch-max at least 1");
    }
  }
}
