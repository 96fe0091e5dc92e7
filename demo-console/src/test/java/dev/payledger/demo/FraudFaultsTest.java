package dev.payledger.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.payledger.demo.journey.Refusal;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FraudFaultsTest {
  @ParameterizedTest
  @CsvSource({
    "hang, /actuator/faults/hang",
    "latency 2s, /actuator/faults/latency?value=2s",
    "error 100%, /actuator/faults/error?value=100%25",
    "big --for 30s, /actuator/faults/big?lasts=30s",
    "error 5% --for 1m, /actuator/faults/error?value=5%25&lasts=1m",
    "../env, /actuator/faults/..%2Fenv"
  })
  void wordsBecomeARequest(String words, String path) throws Refusal {
    assertThat(FraudFaults.path(List.of(words.split(" ")))).isEqualTo(path);
  }

  @ParameterizedTest
  @ValueSource(strings = {"hang --for", "hang --for 1s 2s", "latency 2s 3s", "--for 1s"})
  void rejectsUnreadableFaultsWithUsage(String words) {
    assertThatThrownBy(() -> FraudFaults.path(List.of(words.split(" "))))
        .isInstanceOf(Refusal.class)
        .hasMessage(FraudFaults.USAGE);
  }

  @Test
  void helpNamesEveryFault() {
    assertThat(Words.help())
        .contains("faults fraud latency", "error 100%", "garbage", "hang", "big", "off");
  }
}
