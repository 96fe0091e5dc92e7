package dev.payledger.kit.groupcommit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.List;

/// Counts what becomes of batches. The meters' names begin with a prefix of the service.
public final class GroupCommitMetrics {
  private final MeterRegistry registry;
  private final String prefix;
  private final DistributionSummary batchSize;
  private final Counter committed;
  private final Counter aborted;
  private final Counter unknown;
  private final Counter refused;
  private final Counter halved;
  private final Counter isolated;
  private final Counter postponed;
  private final Counter blocked;

  /// @param prefix without a dot at its end
  public GroupCommitMetrics(MeterRegistry registry, String prefix) {
    this.registry = registry;
    this.prefix = prefix;
    this.batchSize =
        DistributionSummary.builder(prefix + ".batch.size")
            .description("Commands in a committed batch")
            .publishPercentileHistogram()
            .register(registry);
    this.committed = attempts("committed");
    this.aborted = attempts("aborted");
    this.unknown = attempts("unknown");
    this.refused = counter(".refused", "Commands refused because the queue was full");
    this.blocked = attempts("blocked");
    this.halved = counter(".halved", "Batches cut in two: too many aborts, too slow, or a defect");
    this.isolated = counter(".isolated", "Batches cut in two to find the command at fault");
    this.postponed =
        counter(".postponed", "Times that a command waited for rows locked by another session");
  }

  void watch(Collection<?> queue, Collection<?> waiting) {
    registry.gaugeCollectionSize(prefix + ".queue", List.of(), queue);
    registry.gaugeCollectionSize(prefix + ".waiting", List.of(), waiting);
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
    return Counter.builder(prefix + ".attempts")
        .description("Attempts at a batch, by how they ended")
        .tag("end", end)
        .register(registry);
  }

  private Counter counter(String name, String description) {
    return Counter.builder(prefix + name).description(description).register(registry);
  }
}
