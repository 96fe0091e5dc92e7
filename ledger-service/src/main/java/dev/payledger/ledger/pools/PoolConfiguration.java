package dev.payledger.ledger.pools;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;

/// Three pools under the application's role. Whoever asks for no pool by its name gets payments' or,
/// on the thread of a request that only reads, reads'.
@Configuration(proxyBeanMethods = false)
class PoolConfiguration {

  @Bean(defaultCandidate = false)
  @Qualifier("payments")
  @ConfigurationProperties("spring.datasource.hikari")
  HikariDataSource paymentsDataSource(DataSourceProperties properties) {
    return properties.initializeDataSourceBuilder().type(HikariDataSource.class).build();
  }

  @Bean(defaultCandidate = false)
  @Qualifier("reads")
  HikariDataSource readsDataSource(
      @Qualifier("payments") HikariDataSource payments, PoolProperties properties) {
    return new HikariDataSource(like(payments, "reads", properties.readsMax()));
  }

  /// A scan has no caller's deadline, since several may wait for it: a statement of it has 30 s.
  @Bean(defaultCandidate = false)
  @Qualifier("audit")
  HikariDataSource auditDataSource(
      @Qualifier("payments") HikariDataSource payments, PoolProperties properties) {
    HikariConfig config = like(payments, "audit", properties.auditMax());
    config.addDataSourceProperty("options", "-c statement_timeout=30s");
    return new HikariDataSource(config);
  }

  @Bean
  DataSource dataSource(
      @Qualifier("payments") HikariDataSource payments,
      @Qualifier("reads") HikariDataSource reads,
      PoolProperties properties) {
    return new PaymentsOrReads(payments, reads, new ReadShares(properties.readsPerCallerMax()));
  }

  @Bean(defaultCandidate = false)
  @Qualifier("audit")
  JdbcClient auditJdbcClient(@Qualifier("audit") HikariDataSource pool) {
    return JdbcClient.create(pool);
  }

  @Bean(defaultCandidate = false)
  @Qualifier("audit")
  PlatformTransactionManager auditTransactionManager(@Qualifier("audit") HikariDataSource pool) {
    return new JdbcTransactionManager(pool);
  }

  private static HikariConfig like(HikariDataSource payments, String name, int connectionsMax) {
    HikariConfig config = new HikariConfig();
    payments.copyStateTo(config);
    config.setPoolName(name);
    config.setMaximumPoolSize(connectionsMax);
    config.setMinimumIdle(1);
    // Opened when it is needed: the migration before it has waited for the database.
    config.setInitializationFailTimeout(-1);
    return config;
  }
}
