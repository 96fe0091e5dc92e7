package dev.payledger.ledger.audit;

import dev.payledger.ledger.audit.AuditProgress.Position;
import dev.payledger.ledger.audit.AuditProgress.Round;
import dev.payledger.ledger.journal.DatabaseClock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// What the auditor lets others measure. An alert belongs on both: violations above zero, and an age
/// that grows, since an auditor that does not come through finds nothing.
@Component
class AuditMetrics {
  private final Counter events;
  private volatile Map<String, List<String>> findings = Map.of();
  private volatile Instant auditedUntil = Instant.EPOCH;
  private volatile @Nullable Round round;

  AuditMetrics(
      MeterRegistry registry,
      Checks checks,
      @Qualifier("audit") JdbcClient sql,
      DatabaseClock clock) {
    for (String check : checks.ids()) {
      Gauge.builder("ledger.check.violations", () -> findings.getOrDefault(check, List.of()).size())
          .description(
              "Violations on record; they stay until they are looked at again and are right")
          .tag("check", check)
          .register(registry);
    }
    TimeGauge.builder(
            "ledger.audit.age",
            () -> Duration.between(auditedUntil, clock.now(sql)).toMillis(),
            TimeUnit.MILLISECONDS)
        .description("Everything committed longer ago than this has been looked at")
        .register(registry);
    TimeGauge.builder(
            "ledger.audit.round.age",
            () -> {
              Round now = round;
              return now == null
                  ? Double.NaN
                  : Duration.between(now.auditedSince(), clock.now(sql)).toMillis();
            },
            TimeUnit.MILLISECONDS)
        .description("Every row that is older than this was looked at by the rolling audit since")
        .register(registry);
    Gauge.builder("ledger.audit.rounds", () -> round(r -> r.round() - 1))
        .description("Complete rounds of the rolling audit")
        .register(registry);
    Gauge.builder("ledger.audit.steps", () -> round(Round::steps))
        .description("Steps of the rolling audit")
        .register(registry);
    Gauge.builder("ledger.audit.walk", () -> round(r -> r.walk().number()))
        .description(
            "The table that the rolling audit goes through: lines, transfers, commands, entries, changes, events, allowances")
        .register(registry);
    this.events =
        Counter.builder("ledger.audit.events")
            .description("Events of the outbox that were looked at")
            .register(registry);
  }

  void looked(int newEvents) {
    events.increment(newEvents);
  }

  void stands(Position place, Map<String, List<String>> newFindings) {
    auditedUntil = place.auditedUntil();
    findings = newFindings;
  }

  void stands(Round newRound) {
    round = newRound;
  }

  private double round(ToLongFunction<Round> value) {
    Round now = round;
    return now == null ? Double.NaN : value.applyAsLong(now);
  }
}
