package dev.payledger.kit.deadline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.payledger.kit.problem.CommonErrorCode;
import dev.payledger.kit.problem.ProblemException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

class DeadlineInterceptorTest {
  private static final Duration UNNAMED = Duration.ofMinutes(10);
  private static final Duration MAX = Duration.ofMinutes(20);

  private final DeadlineInterceptor interceptor = new DeadlineInterceptor(UNNAMED, MAX);
  private final MockHttpServletRequest request = new MockHttpServletRequest();

  @Test
  void requestWithoutHeaderHasDefaultTime() {
    assertThat(remaining()).isBetween(UNNAMED.minusSeconds(30), UNNAMED);
  }

  @ParameterizedTest
  @CsvSource({"100000, 90", "1200000, 1080", "999999999, 1080"})
  void nineTenthsOfBoundedTimeAreForTheWork(String header, long seconds) {
    request.addHeader("Request-Timeout-Ms", header);

    Duration expected = Duration.ofSeconds(seconds);
    assertThat(remaining()).isBetween(expected.minusSeconds(30), expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "-999999999"})
  void requestWithoutTimeIsRefused(String header) {
    request.addHeader("Request-Timeout-Ms", header);

    assertRefused(CommonErrorCode.UNAVAILABLE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "soon",
        "+5",
        "007",
        "-0",
        "1.5",
        "1e3",
        "5 ",
        "0x5",
        "1,2",
        "٣",
        "1234567890"
      })
  void malformedTimeIsBadRequest(String header) {
    request.addHeader("Request-Timeout-Ms", header);

    assertRefused(CommonErrorCode.INVALID_REQUEST);
  }

  @Test
  void twoHeadersAreBadRequest() {
    request.addHeader("Request-Timeout-Ms", "1000");
    request.addHeader("Request-Timeout-Ms", "1000");

    assertRefused(CommonErrorCode.INVALID_REQUEST);
  }

  @Test
  void deadlineIsMissingUntilItIsSet() {
    assertThatIllegalStateException().isThrownBy(() -> Deadline.of(request));
  }

  @Test
  void deadlineRunsOut() {
    Deadline deadline = Deadline.after(Duration.ofMillis(-1));

    assertThat(deadline.hasPassed()).isTrue();
    assertThat(deadline.remaining()).isZero();
    assertThat(deadline.elapsed()).isPositive();
    assertThat(Deadline.after(UNNAMED).hasPassed()).isFalse();
  }

  @Test
  void defaultTimeMustNotExceedMost() {
    assertThatIllegalArgumentException().isThrownBy(() -> new DeadlineInterceptor(MAX, UNNAMED));
  }

  private Duration remaining() {
    interceptor.preHandle(request, new MockHttpServletResponse(), "");
    return Deadline.of(request).remaining();
  }

  private void assertRefused(CommonErrorCode code) {
    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(this::remaining)
        .satisfies(refusal -> assertThat(refusal.problem().code()).isEqualTo(code));
  }
}
