package dev.payledger.bench.jpa;

import com.zaxxer.hikari.HikariDataSource;
import dev.payledger.bench.contender.Accounts;
import dev.payledger.bench.contender.Accounts.Pair;
import dev.payledger.bench.contender.Accounts.Spread;
import dev.payledger.bench.contender.Contender;
import dev.payledger.bench.load.Step;
import dev.payledger.bench.server.BenchServer;
import dev.payledger.stack.server.PostgresServer;
import jakarta.persistence.EntityManagerFactory;
import java.time.Clock;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import javax.sql.DataSource;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;

/// `PlainLedger` in process: what an endpoint would call, without the endpoint's HTTP.
public final class JpaContender implements Contender {
  private final LongAdder transfers = new LongAdder();
  private final AnnotationConfigApplicationContext context =
      new AnnotationConfigApplicationContext();
  private final String database;
  private final Accounts accounts;

  /// @param connectionsMax of its pool
  public JpaContender(BenchServer server, String database, Accounts accounts, int connectionsMax) {
    this.database = database;
    this.accounts = accounts;
    context.registerBean(
        HikariDataSource.class,
        () -> {
          HikariDataSource pool = new HikariDataSource();
          pool.setJdbcUrl(server.url(database));
          pool.setUsername("postgres");
          pool.setPassword(PostgresServer.SUPERUSER_PASSWORD);
          pool.setMaximumPoolSize(connectionsMax);
          return pool;
        });
    context.register(Jpa.class);
    context.refresh();
    context.getBean(PlainLedger.class).open(accounts.ids(), Accounts.FLOOR_MINOR);
  }

  @Override
  public String database() {
    return database;
  }

  @Override
  public Callers callers(Spread spread, int count) {
    PlainLedger ledger = context.getBean(PlainLedger.class);
    Step step =
        () -> {
          Pair pair = accounts.pair(spread);
          ledger.transfer(UUID.randomUUID(), pair.debit(), pair.credit(), 1);
          transfers.increment();
          return 1;
        };
    return new Callers(List.copyOf(Collections.nCopies(count, step)));
  }

  @Override
  public Map<String, Long> acknowledged() {
    return Map.of("plain_transfer", transfers.sum(), "plain_line", 2 * transfers.sum());
  }

  @Override
  public void close() {
    context.close();
  }

  @Configuration(proxyBeanMethods = false)
  @EnableJpaRepositories(basePackageClasses = PlainLedger.class)
  @EnableTransactionManagement(proxyTargetClass = true)
  @Import(PlainLedger.class)
  static class Jpa {
    @Bean
    Clock clock() {
      return Clock.systemUTC();
    }

    @Bean
    LocalContainerEntityManagerFactoryBean entityManagerFactory(DataSource dataSource) {
      LocalContainerEntityManagerFactoryBean factory = new LocalContainerEntityManagerFactoryBean();
      factory.setDataSource(dataSource);
      factory.setPackagesToScan("dev.payledger.bench.jpa");
      factory.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
      factory.setJpaPropertyMap(
          Map.of(
              "hibernate.hbm2ddl.auto", "create",
              "hibernate.jdbc.batch_size", "20",
              "hibernate.physical_naming_strategy",
                  "org.hibernate.boot.model.naming.PhysicalNamingStrategySnakeCaseImpl"));
      return factory;
    }

    @Bean
    PlatformTransactionManager transactionManager(EntityManagerFactory factory) {
      return new JpaTransactionManager(factory);
    }
  }
}
