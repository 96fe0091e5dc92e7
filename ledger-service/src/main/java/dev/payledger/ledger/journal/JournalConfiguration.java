package dev.payledger.ledger.journal;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// The journal's own connection pool, under the only role that may write money.
@Configuration(proxyBeanMethods = false)
class JournalConfiguration {

  @Bean
  DatabaseClock databaseClock() {
    return DatabaseClock.ofTheServer();
  }

  @Bean(defaultCandidate = false)
  @Qualifier("journal")
  HikariDataSource journalDataSource(JournalProperties properties) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("journal");
    config.setJdbcUrl(properties.url());
    config.setUsername(properties.username());
    config.setPassword(properties.password());
    config.setMaximumPoolSize(properties.connectionsMax());
    config.setConnectionTimeout(1_000);
    config.setValidationTimeout(500);
    config.setAutoCommit(false);
    config.setTransactionIsolation("TRANSACTION_SERIALIZABLE");
    // The pool does not look for the database by itself; the migration before it has waited for
    // one.
    config.setInitializationFailTimeout(-1);
    return new HikariDataSource(config);
  }
}
