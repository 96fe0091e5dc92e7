package dev.payledger.ledger.audit;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/// Configuration of the continuous auditor.
///
/// @param interval time from one pass to the next
/// @param batchMax events looked at in one pass, at least 1
/// @param stepInterval time from one step of the rolling audit to the next
/// @param stepRowsMax rows looked at in one step, about; at least 20
/// @param stepTime steps that take longer are followed by smaller ones
@ConfigurationProperties("payledger.audit")
record AuditProperties(
    Duration interval, int batchMax, Duration stepInterval, int stepRowsMax, Duration stepTime) {
  AuditProperties {
    if (!interval.isPositive() || batchMax < 1) {
      throw new IllegalArgumentException("interval must be positive and batch-max at least 1");
    }
    if (!stepInterval.isPositive() || stepRowsMax < 20 || !stepTime.isPositive()) {
      throw new IllegalArgumentException(
          "step-interval and step-time must be positive and step-rows-max at least 20");
    }
  }
}
