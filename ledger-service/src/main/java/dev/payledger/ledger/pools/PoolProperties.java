package dev.payledger.ledger.pools;

import org.springframework.boot.context.properties.ConfigurationProperties;

/// How many connections each purpose has; those of payments are `spring.datasource.hikari`'s.
///
/// @param readsMax for requests that only read
/// @param auditMax for the continuous auditor and the operator's scans
@ConfigurationProperties("payledger.pools")
record PoolProperties(int readsMax, int auditMax) {
  PoolProperties {
    if (readsMax < 1 || auditMax < 2) {
      throw new IllegalArgumentException(
          "reads-max must be at least 1, and audit-max 2: a scan must not stop the auditor");
    }
  }
}
