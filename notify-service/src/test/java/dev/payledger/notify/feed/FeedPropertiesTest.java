package dev.payledger.notify.feed;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FeedPropertiesTest {
  @Test
  void cursorKeyIsNotPrinted() {
    assertThat(new FeedProperties("a-secret-of-at-least-thirty-two-bytes", 1, 1).toString())
        .doesNotContain("secret");
  }
}
