package dev.payledger.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchOptionsTest {
  @Test
  void quickDoesNotGrowTheLedgerAndFullDoes() {
    assertThat(parse("--quick").growTo()).isZero();
    assertThat(parse("--full").growTo()).isEqualTo(10_000_000);
    assertThat(parse("--quick", "--grow-to", "5000").growTo()).isEqualTo(5_000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --fast                | --fast is unknown
          --grow-to 1000        | say --quick or --full
          --quick --grow-to     | --grow-to needs a value
          --quick --grow-to x   | --grow-to takes a number, not x
          --quick --grow-to 999 | --grow-to takes a multiple of 1000
          --quick --peer-sql no | no cannot be read
          """)
  void whatMakesNoSenseIsRefused(String arguments, String message) {
    assertThatThrownBy(() -> parse(arguments.split(" ", -1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  private static BenchOptions parse(String... arguments) {
    return BenchOptions.parse(Path.of("."), "none", arguments);
  }
}
