package dev.payledger.fraud.demo;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// One fault that is on, until its time is over or somebody ends it.
///
/// @param latency of LATENCY; zero for the others
/// @param percent of ERROR; 100 for the others
/// @param ended opens for whoever waits in it when it is switched off
record Fault(FaultKind kind, Duration latency, int percent, Instant until, CountDownLatch ended) {

  boolean isOverAt(Instant now) {
    return !now.isBefore(until);
  }

  /// Waits so long, and no longer than the fault lasts.
  void await(Duration time, Instant now) throws InterruptedException {
    Duration rest = Duration.between(now, until);
    var _ = ended.await((time.compareTo(rest) < 0 ? time : rest).toNanos(), TimeUnit.NANOSECONDS);
  }

  void end() {
    ended.countDown();
  }
}
