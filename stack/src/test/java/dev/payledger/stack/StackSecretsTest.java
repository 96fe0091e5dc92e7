package dev.payledger.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.security.crypto.bcrypt.BCrypt;

class StackSecretsTest {
  @TempDir private Path work;

  @Test
  void valuesAreLongAndDifferFromEachOther() throws IOException {
    StackSecrets secrets = StackSecrets.make(work);

    List<String> values = new ArrayList<>(secrets.databasePasswords().values());
    values.addAll(secrets.kafkaPasswords().values());
    assertThat(values).doesNotHaveDuplicates().allMatch(value -> value.matches("[\\w-]{43}"));
  }

  @Test
  void anotherStackHasOtherValues() throws IOException {
    StackSecrets first = StackSecrets.make(Files.createDirectory(work.resolve("first")));
    StackSecrets second = StackSecrets.make(Files.createDirectory(work.resolve("second")));

    assertThat(second.databasePasswords().values())
        .doesNotContainAnyElementsOf(first.databasePasswords().values());
  }

  @Test
  void missingValueIsAddedToThoseThatAreThere() throws IOException {
    Files.writeString(StackSecrets.file(work), "FRAUD_CREDENTIAL=kept\n");

    StackSecrets secrets = StackSecrets.make(work);

    assertThat(secrets.value("FRAUD_CREDENTIAL")).isEqualTo("kept");
    assertThat(StackSecrets.make(work).databasePasswords()).isEqualTo(secrets.databasePasswords());
  }

  /// What two services share is what one calls the other with, and what operators manage each with.
  @Test
  void servicesAreGivenTheirOwnSecretsOnly() throws IOException {
    StackSecrets secrets = StackSecrets.make(work);
    HashSet<String> seen = new HashSet<>();
    for (Service service : Service.values()) {
      for (var given : secrets.of(service).entrySet()) {
        if (!List.of(
                "FRAUD_CREDENTIAL",
                "MANAGEMENT_CREDENTIAL",
                "KAFKA_SECURITY_PROTOCOL",
                "KAFKA_SASL_MECHANISM")
            .contains(given.getKey())) {
          assertThat(seen.add(given.getValue())).as(service + " " + given.getKey()).isTrue();
        }
      }
    }
    assertThat(secrets.of(Service.GATEWAY))
        .doesNotContainKeys("FRAUD_CREDENTIAL", "OPERATOR_SECRET");
    String hash = secrets.of(Service.GATEWAY).get("OPERATOR_SECRET_HASH").replace("{bcrypt}", "");
    assertThat(BCrypt.checkpw(secrets.value("OPERATOR_SECRET"), hash)).isTrue();
    assertThat(secrets.of(Service.RELAY)).doesNotContainKey("FRAUD_CREDENTIAL");
  }
}
