package dev.payledger.ledger.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WaitersTest {
  private final Waiters waiters = new Waiters(3, 2);

  @Test
  void oneCallerTakesAPartAndAllTakeTheWhole() {
    assertThat(waiters.enter("alice")).isTrue();
    assertThat(waiters.enter("alice")).isTrue();
    assertThat(waiters.enter("alice")).isFalse();
    assertThat(waiters.enter("bob")).isTrue();
    assertThat(waiters.enter("carol")).isFalse();
    waiters.leave("alice");
    assertThat(waiters.enter("carol")).isTrue();
    waiters.leave("alice");
    assertThat(waiters.enter("alice")).isTrue();
  }
}
