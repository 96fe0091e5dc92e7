package dev.payledger.stack;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServiceTest {
  @ParameterizedTest
  @CsvSource({
    "ledger, LEDGER",
    "ledger-service, LEDGER",
    "relay, RELAY",
    "notify, NOTIFY_EU",
    "notify-eu, NOTIFY_EU",
    "postgres, POSTGRES"
  })
  void peopleMayShortenNames(String name, Service service) {
    assertThat(Service.named(name)).contains(service);
  }

  @Test
  void unknownNameNamesNothing() {
    assertThat(Service.named("fraudulent")).isEmpty();
    assertThat(Service.named("")).isEmpty();
  }
}
