package dev.payledger.relay.outbox;

import java.time.Duration;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;

/// Settings of the relay.
///
/// @param database the ledger's database, as the relay's role sees it
/// @param kafka how each client reaches the broker, by Kafka's names: addresses, protocol, login
/// @param slot name of the replication slot; holding it is what makes a relay the active one
/// @param offsetsTopic compacted topic that remembers how far the slot was published
/// @param replicationFactor of every topic the relay creates
/// @param heartbeatInterval how often the offset moves on while the outbox is silent
/// @param offsetInterval how often the offset is stored: what a crash repeats at most
/// @param retryDelayMin least pause after a failure
/// @param retryDelayMax cap of the pauses; there is no last attempt
/// @param standbyInterval how often a standby looks whether the slot is free
@ConfigurationProperties("relay")
record RelayProperties(
    Database database,
    Map<String, String> kafka,
    String slot,
    String publication,
    String offsetsTopic,
    short replicationFactor,
    Duration heartbeatInterval,
    Duration offsetInterval,
    Duration retryDelayMin,
    Duration retryDelayMax,
    Duration standbyInterval) {

  RelayProperties {
    if (!retryDelayMin.isPositive() || retryDelayMax.compareTo(retryDelayMin) < 0) {
      throw new IllegalArgumentException(
          "relay.retry-delay-min must be positive and at most relay.retry-delay-max");
    }
    if (!heartbeatInterval.isPositive()
        || !offsetInterval.isPositive()
        || !standbyInterval.isPositive()) {
      throw new IllegalArgumentException("relay intervals must be positive");
    }
    if (replicationFactor < 1) {
      throw new IllegalArgumentException("relay.replication-factor must be at least 1");
    }
  }

  /// Without the broker's settings, of which one is a password.
  @Override
  public String toString() {
    return "RelayProperties[%s, slot=%s, offsetsTopic=%s]".formatted(database, slot, offsetsTopic);
  }

  /// Where the outbox is and who reads it.
  record Database(String host, int port, String name, String user, String password) {
    String url() {
      return "jdbc:postgresql://%s:%d/%s?requireAuth=scram-sha-256".formatted(host, port, name);
    }

    @Override
    public String toString() {
      return user + "@" + host + ":" + port + "/" + name;
    }
  }
}
