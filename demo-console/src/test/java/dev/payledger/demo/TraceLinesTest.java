package dev.payledger.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TraceLinesTest {
  private static final String ID = "0af7651916cd43dd8448eb211c80319c";
  private static final String OTHER = "1af7651916cd43dd8448eb211c80319c";

  @Test
  void linesOfATraceComeWithTheirStackTraces() {
    List<String> log =
        List.of(
            "2026-11-27T10:00:00.000Z  INFO 1 --- [x] [" + OTHER + "] a.B : not this",
            "\tat not.This",
            "2026-11-27T10:00:00.001Z ERROR 1 --- [x] [" + ID + "] a.B : failed",
            "java.lang.IllegalStateException: why",
            "\tat a.B",
            "2026-11-27T10:00:00.002Z  INFO 1 --- [x] [] a.B : no trace",
            "2026-11-27T10:00:00.003Z  INFO 1 --- [x] [" + ID + "] a.B : again");

    assertThat(TraceLines.of(log, ID))
        .containsExactly(
            "2026-11-27T10:00:00.001Z ERROR 1 --- [x] [" + ID + "] a.B : failed",
            "java.lang.IllegalStateException: why",
            "\tat a.B",
            "2026-11-27T10:00:00.003Z  INFO 1 --- [x] [" + ID + "] a.B : again");
  }
}
