package dev.payledger.fraud.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceFilterTest {
  @Test
  void callersTraceIsContinued() {
    assertThat(TraceFilter.traceId("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"))
        .isEqualTo("0af7651916cd43dd8448eb211c80319c");
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "injected\nline"
      })
  void anythingElseGetsItsOwn(String traceparent) {
    assertThat(TraceFilter.traceId(traceparent))
        .matches("[0-9a-f]{32}")
        .isNotEqualTo("00000000000000000000000000000000");
  }
}
