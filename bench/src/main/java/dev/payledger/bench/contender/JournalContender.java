package dev.payledger.bench.contender;

import dev.payledger.bench.contender.Accounts.Pair;
import dev.payledger.bench.contender.Accounts.Spread;
import dev.payledger.bench.load.Load;
import dev.payledger.bench.load.Step;
import dev.payledger.bench.server.BenchServer;
import dev.payledger.ledger.command.Fingerprint;
import dev.payledger.ledger.command.JournalCommand.HoldFunds;
import dev.payledger.ledger.command.JournalCommand.HoldOutcome;
import dev.payledger.ledger.command.JournalCommand.PostOutcome;
import dev.payledger.ledger.command.JournalCommand.PostTransfer;
import dev.payledger.ledger.journal.Journal;
import dev.payledger.ledger.money.Leg;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ClassPathResource;
import tools.jackson.databind.json.JsonMapper;

/// The journal itself, as shipped: its own beans, under the ledger's own configuration, without the
/// web around it. A transfer is two commands, `HoldFunds` and `PostTransfer`, each committed before
/// its caller goes on.
public final class JournalContender implements Contender {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final Acknowledged acknowledged = new Acknowledged();
  private final List<AnnotationConfigApplicationContext> instances = new ArrayList<>();
  private final String database;
  private final Accounts accounts;

  /// @param instances ledgers on the one database; callers are shared out among them
  public JournalContender(BenchServer server, String database, Accounts accounts, int instances)
      throws IOException {
    this.database = database;
    this.accounts = accounts;
    for (int i = 0; i < instances; i++) {
      this.instances.add(start(server, database));
    }
  }

  @Override
  public String database() {
    return database;
  }

  /// Hold, then post.
  @Override
  public Callers callers(Spread spread, int count) {
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Journal journal = journal(i);
      steps.add(
          () -> {
            post(journal, hold(journal, accounts.pair(spread)));
            return 1;
          });
    }
    return new Callers(steps);
  }

  /// Post only: what is posted was held before, for as long as `holding`, by as many callers. There is
  /// no command that posts without a hold.
  public Callers posters(Spread spread, int count, Duration holding) throws Exception {
    Queue<UUID> held = new ConcurrentLinkedQueue<>();
    List<Step> holders = new ArrayList<>();
    List<Step> posters = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Journal journal = journal(i);
      holders.add(
          () -> {
            held.add(hold(journal, accounts.pair(spread)));
            return 0;
          });
      posters.add(
          () -> {
            UUID transfer = held.poll();
            if (transfer == null) {
              return Step.END;
            }
            post(journal, transfer);
            return 1;
          });
    }
    Load.closedLoop(holders, holding);
    return new Callers(posters);
  }

  @Override
  public Map<String, Long> acknowledged() {
    return acknowledged.rows();
  }

  /// The journal's own meters, summed over the instances.
  public Map<String, Double> meters() {
    Map<String, Double> meters = new LinkedHashMap<>();
    for (AnnotationConfigApplicationContext instance : instances) {
      for (io.micrometer.core.instrument.Meter meter :
          instance.getBean(MeterRegistry.class).getMeters()) {
        if (meter instanceof Counter counter) {
          String end = counter.getId().getTag("end");
          meters.merge(
              counter.getId().getName() + (end == null ? "" : "." + end),
              counter.count(),
              Double::sum);
        } else if (meter instanceof DistributionSummary summary) {
          meters.merge(summary.getId().getName() + ".sum", summary.totalAmount(), Double::sum);
        }
      }
    }
    return meters;
  }

  @Override
  public void close() {
    instances.forEach(AnnotationConfigApplicationContext::close);
  }

  private Journal journal(int caller) {
    return instances.get(caller % instances.size()).getBean(Journal.class);
  }

  private UUID hold(Journal journal, Pair pair) {
    HoldFunds command = command(pair);
    HoldOutcome outcome = journal.submit(command, TIMEOUT);
    if (!(outcome instanceof HoldOutcome.Held)) {
      throw new IllegalStateException("not held but " + outcome);
    }
    acknowledged.holds.increment();
    return command.id();
  }

  private void post(Journal journal, UUID transfer) {
    PostOutcome outcome = journal.submit(new PostTransfer(transfer, 1, 1, null), TIMEOUT);
    if (!(outcome instanceof PostOutcome.Posted)) {
      throw new IllegalStateException("not posted but " + outcome);
    }
    acknowledged.posts.increment();
  }

  static HoldFunds command(Pair pair) {
    return new HoldFunds(
        UUID.randomUUID(),
        Fingerprint.of(List.of("bench", pair.debit(), pair.credit(), 1, Accounts.CURRENCY)),
        "bench",
        false,
        List.of(new Leg(pair.debit(), pair.credit(), 1)),
        Accounts.CURRENCY,
        null,
        null,
        "bench",
        Map.of(),
        null,
        "bench",
        Duration.ofSeconds(10),
        Duration.ofMinutes(15));
  }

  private static AnnotationConfigApplicationContext start(BenchServer server, String database)
      throws IOException {
    AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
    var sources = context.getEnvironment().getPropertySources();
    sources.addFirst(
        new MapPropertySource("server", Map.of("POSTGRES_PORT", String.valueOf(server.port()))));
    for (PropertySource<?> shipped :
        new YamlPropertySourceLoader().load("shipped", new ClassPathResource("application.yml"))) {
      sources.addLast(shipped);
    }
    String url =
        Objects.requireNonNull(context.getEnvironment().getProperty("payledger.journal.url"));
    sources.addFirst(
        new MapPropertySource(
            "database",
            Map.of("payledger.journal.url", url.replace("/ledger?", "/" + database + "?"))));
    context.register(JournalAlone.class);
    context.refresh();
    return context;
  }

  @Configuration(proxyBeanMethods = false)
  @ComponentScan("dev.payledger.ledger.journal")
  @ConfigurationPropertiesScan("dev.payledger.ledger.journal")
  static class JournalAlone {
    @Bean
    Clock clock() {
      return Clock.systemUTC();
    }

    @Bean
    JsonMapper json() {
      return JsonMapper.builder().build();
    }

    @Bean
    MeterRegistry meters() {
      return new SimpleMeterRegistry();
    }
  }
}
