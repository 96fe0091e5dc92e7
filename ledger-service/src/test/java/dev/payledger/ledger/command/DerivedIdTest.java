package dev.payledger.ledger.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class DerivedIdTest {
  private static final UUID SOURCE = UUID.fromString("a11ce000-0000-7000-8000-000000000978");

  @Test
  void aRepeatedAttemptDerivesTheSameId() {
    assertThat(DerivedId.of(SOURCE, "entry", 1)).isEqualTo(DerivedId.of(SOURCE, "entry", 1));
  }

  @Test
  void everyIdIsAUuidOfVersionEight() {
    for (int number = 0; number < 1_000; number++) {
      UUID id = DerivedId.of(SOURCE, "transfer", number);
      assertThat(id.version()).isEqualTo(8);
      assertThat(id.variant()).isEqualTo(2);
    }
  }

  @Test
  void anotherSourceRoleOrNumberDerivesAnotherId() {
    Set<UUID> ids = new HashSet<>();
    int derived = 0;
    for (UUID source : new UUID[] {SOURCE, new UUID(SOURCE.getLeastSignificantBits(), 0)}) {
      for (String role : new String[] {"account", "account-entry", "entry", "entry1", "transfer"}) {
        for (long number : new long[] {0, 1, 11, 256, 1L << 40, -1}) {
          ids.add(DerivedId.of(source, role, number));
          derived++;
        }
      }
    }
    assertThat(ids).hasSize(derived);
  }
}
