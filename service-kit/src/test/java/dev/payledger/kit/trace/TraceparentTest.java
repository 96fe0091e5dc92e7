package dev.payledger.kit.trace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;
import org.springframework.mock.web.MockHttpServletRequest;

class TraceparentTest {
  private static final String TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String GIVEN = "00-" + TRACE_ID + "-00f067aa0ba902b7-01";

  private final MockHttpServletRequest request = new MockHttpServletRequest();

  @Test
  void nextHopKeepsTraceAndFlags() {
    Traceparent next = Traceparent.of(GIVEN).next();

    assertThat(next.traceId()).isEqualTo(TRACE_ID);
    assertThat(next.flags()).isEqualTo("01");
    assertThat(next.parentId()).matches("[0-9a-f]{16}").isNotEqualTo("00f067aa0ba902b7");
    assertThat(Traceparent.parse(next.header())).contains(next);
  }

  @Test
  void newTraceIsValid() {
    Traceparent started = Traceparent.start();

    assertThat(Traceparent.parse(started.header())).contains(started);
  }

  @Test
  void laterVersionMayHaveMoreFields() {
    Traceparent later = Traceparent.parse("01" + GIVEN.substring(2) + "-more").orElseThrow();

    assertThat(later.header()).isEqualTo(GIVEN);
    assertThat(Traceparent.parse("cc" + GIVEN.substring(2))).isPresent();
    assertThat(Traceparent.parse("01" + GIVEN.substring(2) + ".more")).isEmpty();
    assertThat(Traceparent.parse(GIVEN + "-more")).isEmpty();
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        "x",
        "injected\nline",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
      })
  void malformedHeaderStartsNewTrace(String header) {
    assertThat(Traceparent.parse(header)).isEmpty();
    assertThat(Traceparent.of(header).traceId())
        .matches("[0-9a-f]{32}")
        .isNotEqualTo(TRACE_ID)
        .isNotEqualTo("0".repeat(32));
  }

  @Test
  void requestContinuesTraceOfItsHeader() {
    request.addHeader("traceparent", GIVEN);

    assertThat(Traceparent.of(request).header()).isEqualTo(GIVEN);
  }

  @Test
  void requestWithTwoHeadersStartsNewTrace() {
    request.addHeader("traceparent", GIVEN);
    request.addHeader("traceparent", GIVEN);

    assertThat(Traceparent.of(request).traceId()).isNotEqualTo(TRACE_ID);
  }

  @Test
  void requestKeepsItsTrace() {
    assertThat(Traceparent.of(request)).isEqualTo(Traceparent.of(request));
  }

  @Test
  void traceInLogGoesOnWithNewHop() {
    assertThat(Traceparent.nextInLog()).isEmpty();
    try (var _ = Traceparent.of(GIVEN).inLog()) {
      assertThat(MDC.get("traceId")).isEqualTo(TRACE_ID);
      assertThat(Traceparent.nextInLog().orElseThrow().header())
          .matches("00-" + TRACE_ID + "-[0-9a-f]{16}-01")
          .isNotEqualTo(GIVEN);
    }
    assertThat(MDC.get("traceId")).isNull();
  }

  @Test
  void filterPutsTraceIntoLog() throws Exception {
    request.addHeader("traceparent", GIVEN);
    String[] seen = new String[1];

    new TraceFilter()
        .doFilter(
            request,
            new org.springframework.mock.web.MockHttpServletResponse(),
            (_, _) -> seen[0] = MDC.get("traceId"));

    assertThat(seen[0]).isEqualTo(TRACE_ID);
    assertThat(MDC.get("traceId")).isNull();
  }
}
