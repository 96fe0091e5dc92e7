package dev.payledger.gateway.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
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
  }

  /// `ThreadLocalRandom` shows its whole state in one number: whoever sees an id knows the next.
  @Test
  void aRandomIdDoesNotShowTheNext() {
    ThreadLocalRandom weak = ThreadLocalRandom.current();
    assertThat(isForeseen(new UUID(weak.nextLong(), weak.nextLong()))).isTrue();
    for (int id = 0; id < 100; id++) {
      assertThat(isForeseen(CommandId.random())).isFalse();
    }
    assertThat(CommandId.random()).isNotEqualTo(CommandId.random());
  }

  /// Whether the second half of an id follows from the first, whatever its version and variant are.
  private static boolean isForeseen(UUID id) {
    for (long version = 0; version < 16; version++) {
      long first = (id.getMostSignificantBits() & ~0xF000L) | version << 12;
      long step = (Thread.currentThread().threadId() << 1) + 0x9E37_79B9_7F4A_7C15L;
      long next = mix(unmix(first) + step);
      if ((next ^ id.getLeastSignificantBits()) << 2 == 0) {
        return true;
      }
    }
    return false;
  }

  private static long mix(long z) {
    long once = (z ^ (z >>> 33)) * 0xFF51_AFD7_ED55_8CCDL;
    long twice = (once ^ (once >>> 33)) * 0xC4CE_B9FE_1A85_EC53L;
    return twice ^ (twice >>> 33);
  }

  private static long unmix(long z) {
    long twice = (z ^ (z >>> 33)) * inverse(0xC4CE_B9FE_1A85_EC53L);
    long once = (twice ^ (twice >>> 33)) * inverse(0xFF51_AFD7_ED55_8CCDL);
    return once ^ (once >>> 33);
  }

  private static long inverse(long odd) {
    return BigInteger.valueOf(odd).modInverse(BigInteger.TWO.pow(64)).longValue();
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
