package dev.payledger.ledger.pools;

import org.springframework.boot.context.properties.ConfigurationProperties;

/// How many connections each purpose has; those of payments are `spring.datasource.hikari`'s.
///
/// @param readsMax for requests that only read
/// @param readsPerCallerMax of those, for one caller's: less than all, so that others can read
/// @param auditMax for the continuous auditor, the rolling audit and the one full scan that runs at a time
@ConfigurationProperties("payledger.pools")
record PoolProperties(int readsMax, int readsPerCallerMax, int auditMax) {
  PoolProperties {
    if (readsPerCallerMax < 1 || readsPerCallerMax >= readsMax) {
      throw new IllegalArgumentException(
          "payledger.pools must have 1 <= reads-per-caller-max < reads-max");
    }
    if (auditMax < 3) {
      throw new IllegalArgumentException(
          "payledger.pools.audit-max must be at least 3: a scan must stop neither audit");
    }
  }
}
