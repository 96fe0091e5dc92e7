package dev.payledger.ledger.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FingerprintTest {

  @Test
  void theSameRequestHasTheSameFingerprint() {
    assertThat(of("create-transfer", "alice", 10L, null))
        .isEqualTo(of("create-transfer", "alice", 10L, null));
    assertThat(of("alice").sha256()).matches("[0-9a-f]{64}");
  }

  /// Many of these would be the same bytes if the parts were only put one after the other, or with
  /// only a mark between them.
  @Test
  void noTwoListsOfPartsRunTogether() {
    List<Fingerprint> all =
        List.of(
            of("ab", "c"),
            of("a", "bc"),
            of("abc"),
            of("abc", ""),
            of("", "abc"),
            of("abc", null),
            of(null, "abc"),
            of("a", "b", "c"),
            of("a", null, "bc"),
            of("a", "\0bc"),
            of("a\1bc"),
            of("ab\1c"),
            of("a\0\0\0\2bc"));

    Set<Fingerprint> different = new HashSet<>(all);

    assertThat(different).hasSameSizeAs(all);
  }

  @Test
  void absentIsNotEmptyAndNotTheWordNull() {
    assertThat(of((Object) null)).isNotEqualTo(of("")).isNotEqualTo(of("null"));
  }

  private static Fingerprint of(Object... parts) {
    return Fingerprint.of(Arrays.asList(parts));
  }
}
