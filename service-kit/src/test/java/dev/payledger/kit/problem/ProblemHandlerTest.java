package dev.payledger.kit.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.http.HttpStatus;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.mock.http.MockHttpInputMessage;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.server.ResponseStatusException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

class ProblemHandlerTest {
  record Body(int number) {
    Body {
      if (number > 9) {
        throw new IllegalArgumentException("number is at most 9");
      }
    }
  }

  @Test
  void exceptionsOfDatabaseAreRetryable() {
    assertThat(codeOf(new QueryTimeoutException("secret"))).isEqualTo(CommonErrorCode.UNAVAILABLE);
    assertThat(codeOf(new CannotCreateTransactionException("secret")))
        .isEqualTo(CommonErrorCode.UNAVAILABLE);
  }

  /// The same row would violate the same constraint again.
  @Test
  void violatedConstraintIsBug() {
    assertThat(codeOf(new DataIntegrityViolationException("secret")))
        .isEqualTo(CommonErrorCode.INTERNAL_ERROR);
  }

  @Test
  void unexpectedExceptionShowsNothing() {
    Problem problem = ProblemHandler.problem(new IllegalStateException("secret"));

    assertThat(problem.code()).isEqualTo(CommonErrorCode.INTERNAL_ERROR);
    assertThat(problem.detail()).doesNotContain("secret");
  }

  @ParameterizedTest
  @CsvSource({"404, NOT_FOUND", "406, NOT_ACCEPTABLE", "418, INVALID_REQUEST"})
  void statusOfFrameworkChoosesCode(int status, CommonErrorCode code) {
    assertThat(codeOf(new ResponseStatusException(HttpStatus.valueOf(status)))).isEqualTo(code);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"number\":10}|number is at most 9.",
        "{\"number\":\"secret\"}|The body's property \"number\" is unknown or not of its type.",
        "{\"number\":1,\"o\\u0000ther\":1}|The body's property \"o?ther\" is unknown or not of its type.",
        "secret|The body is not the JSON object that this route takes."
      })
  void unreadableBodyNamesPropertyWithoutValue(String body, String detail) {
    assertThat(ProblemHandler.problem(unreadable(body)).detail()).isEqualTo(detail);
  }

  @Test
  void answersWithPathAndHeadersOfFramework() throws Exception {
    MockHttpServletRequest request = new MockHttpServletRequest("PUT", "/things/1");
    MockHttpServletResponse response = new MockHttpServletResponse();

    new ProblemHandler()
        .handle(
            new HttpRequestMethodNotSupportedException("PUT", List.of("GET")), request, response);

    assertThat(response.getStatus()).isEqualTo(405);
    assertThat(response.getHeader("Allow")).isEqualTo("GET");
    assertThat(response.getContentAsString()).contains("\"instance\":\"/things/1\"");
  }

  private static ErrorCode codeOf(Exception exception) {
    return ProblemHandler.problem(exception).code();
  }

  private static HttpMessageNotReadableException unreadable(String body) {
    try {
      JsonMapper.builder()
          .enable(tools.jackson.databind.DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build()
          .readValue(body, Body.class);
      throw new AssertionError("readable: " + body);
    } catch (JacksonException e) {
      return new HttpMessageNotReadableException(
          "secret", e, new MockHttpInputMessage(new byte[0]));
    }
  }
}
