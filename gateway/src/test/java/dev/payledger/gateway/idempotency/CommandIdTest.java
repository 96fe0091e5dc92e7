package dev.payledger.gateway.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CommandIdTest {
  private static final KeyOwner ALICE = new KeyOwner("http://issuer", "alice");

  private static UUID id(KeyOwner owner, String operation, String key, int item) {
    return CommandId.of(owner, operation, new IdempotencyKey(key), item);
  }

  @Test
  void theSameNamesGiveTheSameIdInEveryVersionOfTheGateway() {
    // A golden value: a changed encoding would forget every key in flight.
    assertThat(id(ALICE, "create-transfer", "abc", 0))
        .isEqualTo(UUID.fromString("3acf4588-5bec-8b08-9b21-be4a327e5b68"));
  }

  @Test
  void itIsAUuidOfVersion8() {
    for (int item = 0; item < 100; item++) {
      UUID id = id(ALICE, "create-transfer", "abc", item);
      assertThat(id.version()).isEqualTo(8);
      assertThat(id.variant()).isEqualTo(2);
    }
    assertThat(CommandId.random().version()).isEqualTo(8);
    assertThat(CommandId.random().variant()).isEqualTo(2);
    assertThat(CommandId.random()).isNotEqualTo(CommandId.random());
  }

  @Test
  void everyFieldCountsAndNoneRunsIntoTheNext() {
    Set<UUID> ids = new HashSet<>();
    ids.add(id(ALICE, "create-transfer", "abc", 0));
    ids.add(id(ALICE, "create-transfer", "abc", 1));
    ids.add(id(ALICE, "create-transfer", "abd", 0));
    ids.add(id(ALICE, "open-account", "abc", 0));
    ids.add(id(new KeyOwner("http://issuer", "bob"), "create-transfer", "abc", 0));
    ids.add(id(new KeyOwner("http://other", "alice"), "create-transfer", "abc", 0));
    ids.add(id(new KeyOwner("http://issuera", "lice"), "create-transfer", "abc", 0));
    ids.add(id(ALICE, "create-transfera", "bc", 0));
    ids.add(id(ALICE, "create-transferab", "c", 0));
    assertThat(ids).hasSize(9);
  }
}
