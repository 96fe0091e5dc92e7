package dev.payledger.ledger.journal;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.List;
import org.springframework.stereotype.Component;

/// How the journal is doing.
@Component
class JournalMetrics {
  private final MeterRegistry registry;
  private final DistributionSummary batchSize;
  private final Counter committed;
  private final Counter aborted;
  private final Counter unknown;
  private final Counter refused;
  private final Counter halved;
  private final Counter isolated;
  private final Counter postponed;
  private final Counter blocked;

  JournalMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.batchSize =
        DistributionSummary.builder("ledger.journal.batch.size")
            .description("Commands in a committed batch")
            .publishPercentileHistogram()
            .register(registry);
    this.committed = attempts("committed");
    this.aborted = attempts("aborted");
    this.unknown = attempts("unknown");
    this.refused =
        counter("ledger.journal.refused", "Commands turned away because the queue was full");
    this.blocked = attempts("blocked");
    this.halved =
        counter(
            "ledger.journal.halved", "Batches cut in two: too many aborts, too slow, or a defect");
    this.isolated =
        counter("ledger.journal.isolated", "Batches cut in two to find the command at fault");
    this.postponed =
        counter(
            "ledger.journal.postponed", "Times that a command waited for rows locked by others");
  }

  void watch(Collection<?> queue, Collection<?> waiting) {
    registry.gaugeCollectionSize("ledger.journal.queue", List.of(), queue);
    registry.gaugeCollectionSize("ledger.journal.waiting", List.of(), waiting);
  }

  void attempted(CommitOutcome<?> outcome, int commands) {
    switch (outcome) {
      case CommitOutcome.Committed<?> _ -> {
        committed.increment();
        batchSize.record(commands);
      }
      case CommitOutcome.Aborted<?> _ -> aborted.increment();
      case CommitOutcome.Blocked<?> _ -> blocked.increment();
      case CommitOutcome.Unknown<?> _ -> unknown.increment();
    }
  }

  void refused() {
    refused.increment();
  }

  void halved() {
    halved.increment();
  }

  void isolated() {
    isolated.increment();
  }

  void postponed() {
    postponed.increment();
  }

  private Counter attempts(String end) {
    return Counter.builder("ledger.journal.attempts")
        .description("Attempts at a batch, by how they ended")
        .tag("end", end)
        .register(registry);
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name).description(description).register(registry);
  }
}
