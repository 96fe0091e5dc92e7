package dev.payledger.notify.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeedCursorsTest {
  private static final UUID ACCOUNT = UUID.fromString("a11ce000-0000-7000-8000-000000000978");
  private final FeedCursors cursors = cursors("a-secret-of-at-least-thirty-two-bytes");

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 50, Long.MAX_VALUE})
  void cursorLeadsBackToItsSequence(long sequence) {
    assertThat(cursors.read(ACCOUNT, cursors.after(ACCOUNT, sequence))).hasValue(sequence);
  }

  @Test
  void everyChangedBitIsForged() {
    byte[] bytes = Base64.getUrlDecoder().decode(cursors.after(ACCOUNT, 7));
    for (int bit = 0; bit < bytes.length * 8; bit++) {
      byte[] forged = bytes.clone();
      forged[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(cursors.read(ACCOUNT, Base64.getUrlEncoder().encodeToString(forged))).isEmpty();
    }
  }

  @Test
  void cursorOfAnotherAccountOrKeyIsForged() {
    String cursor = cursors.after(ACCOUNT, 7);

    assertThat(cursors.read(UUID.randomUUID(), cursor)).isEmpty();
    assertThat(cursors("another-secret-of-at-least-32-bytes").read(ACCOUNT, cursor)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "7", "=", "AAAA", "not base64!", "../../etc/passwd"})
  void anyOtherTextIsForged(String text) {
    assertThat(cursors.read(ACCOUNT, text)).isEmpty();
  }

  @Test
  void shortKeyIsRefusedAndNoKeyIsPrinted() {
    assertThatThrownBy(() -> cursors("short")).hasMessageContaining("32 bytes");
    assertThat(new FeedProperties("a-secret-of-at-least-thirty-two-bytes", 1, 1).toString())
        .doesNotContain("secret");
  }

  private static FeedCursors cursors(String key) {
    return new FeedCursors(new FeedProperties(key, 50, 200));
  }
}
