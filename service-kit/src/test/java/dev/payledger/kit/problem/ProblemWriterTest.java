package dev.payledger.kit.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

class ProblemWriterTest {
  private static final String TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";

  private final MockHttpServletRequest request = new MockHttpServletRequest();
  private final MockHttpServletResponse response = new MockHttpServletResponse();

  @Test
  void writesDocumentOfRfc9457() throws Exception {
    request.addHeader("traceparent", "00-" + TRACE_ID + "-00f067aa0ba902b7-01");
    response.getOutputStream().write('{');

    ProblemWriter.write(
        request,
        response,
        Problem.of(CommonErrorCode.NOT_FOUND, "Not \"here\".").with("thingId", 7));

    assertThat(response.getStatus()).isEqualTo(404);
    assertThat(response.getContentType()).isEqualTo("application/problem+json");
    assertThat(response.getHeader("Cache-Control")).isEqualTo("no-store");
    assertThat(response.getHeader("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(response.getHeader("Retry-After")).isNull();
    assertThat(response.getContentAsString())
        .isEqualTo(
            """
            {"type":"https://payledger.dev/problems/not-found",\
            "title":"There is no such thing, or it is not yours","status":404,\
            "detail":"Not \\"here\\".","code":"not-found","retryable":false,\
            "traceId":"%s","thingId":7}"""
                .formatted(TRACE_ID));
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 1", "1000, 1", "1001, 2"})
  void retryAfterIsRoundedUpToSeconds(long millis, String header) throws Exception {
    ProblemWriter.write(
        request,
        response,
        Problem.retryAfter(CommonErrorCode.NOT_FOUND, "Later.", Duration.ofMillis(millis)));

    assertThat(response.getHeader("Retry-After")).isEqualTo(header);
  }

  @Test
  void unavailableHasRetryAfterAlways() throws Exception {
    ProblemWriter.write(request, response, Problem.of(CommonErrorCode.UNAVAILABLE, "Later."));

    assertThat(response.getHeader("Retry-After")).isEqualTo("1");
  }

  @Test
  void keepsStatusOfContainer() throws Exception {
    ProblemWriter.write(
        request, response, Problem.of(CommonErrorCode.ofStatus(505), "HTTP/9.9."), 505);

    assertThat(response.getStatus()).isEqualTo(505);
    assertThat(response.getContentAsString())
        .contains("\"status\":505")
        .contains("\"code\":\"invalid-request\"");
  }

  @Test
  void leavesSentResponseAlone() throws Exception {
    response.getOutputStream().write('x');
    response.flushBuffer();

    ProblemWriter.write(request, response, Problem.of(CommonErrorCode.NOT_FOUND, "No."));

    assertThat(response.getContentAsString()).isEqualTo("x");
    assertThat(response.getStatus()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "400, INVALID_REQUEST",
    "401, UNAUTHENTICATED",
    "403, FORBIDDEN",
    "404, NOT_FOUND",
    "405, METHOD_NOT_ALLOWED",
    "406, NOT_ACCEPTABLE",
    "408, REQUEST_TIMEOUT",
    "413, PAYLOAD_TOO_LARGE",
    "415, UNSUPPORTED_MEDIA_TYPE",
    "431, INVALID_REQUEST",
    "500, INTERNAL_ERROR",
    "501, INVALID_REQUEST",
    "503, UNAVAILABLE",
    "505, INVALID_REQUEST",
    "507, INTERNAL_ERROR"
  })
  void everyErrorStatusHasCode(int status, CommonErrorCode code) {
    assertThat(CommonErrorCode.ofStatus(status)).isEqualTo(code);
  }
}
