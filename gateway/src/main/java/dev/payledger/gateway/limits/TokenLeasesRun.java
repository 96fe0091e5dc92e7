package dev.payledger.gateway.limits;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/// Gives back leases that lay unused for a lease.
@Component
@ConditionalOnProperty(name = "gateway.rate-limit.mode", havingValue = "leased")
class TokenLeasesRun {
  private final LeasedBuckets buckets;

  TokenLeasesRun(LeasedBuckets buckets) {
    this.buckets = buckets;
  }

  @Scheduled(fixedDelayString = "${gateway.rate-limit.lease-duration}")
  void run() {
    buckets.runOnce();
  }
}
