package dev.payledger.gateway.trace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceparentTest {
  private static final String GIVEN = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  @Test
  void theTraceGoesOnWithAHopOfItsOwn() {
    Traceparent next = Traceparent.parse(GIVEN).orElseThrow().next();
    assertThat(next.traceId()).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
    assertThat(next.spanId()).isNotEqualTo("00f067aa0ba902b7");
    assertThat(Traceparent.parse(next.header())).contains(next);
  }

  @Test
  void aNewTraceIsValid() {
    Traceparent started = Traceparent.start();
    assertThat(Traceparent.parse(started.header())).contains(started);
  }

  @Test
  void aLaterVersionMayHaveMoreFields() {
    assertThat(Traceparent.parse("01" + GIVEN.substring(2) + "-more")).isPresent();
    assertThat(Traceparent.parse(GIVEN + "-more")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
      })
  void whatIsNoTraceparentIsIgnored(String header) {
    assertThat(Traceparent.parse(header)).isEmpty();
  }
}
