package dev.payledger.kit.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

/// `BrokenRequests` shows the same against each running service.
class RequestHeadFilterTest {
  private final MockHttpServletRequest request = new MockHttpServletRequest("POST", "/things");
  private final MockHttpServletResponse response = new MockHttpServletResponse();
  private final MockFilterChain chain = new MockFilterChain();

  @Test
  void parsesQueryOfRequest() {
    assertThat(QueryString.parameters(null)).isEmpty();
    assertThat(QueryString.parameters("a=1&&b=%C3%A4+x&")).isEqualTo(Map.of("a", "1", "b", "ä x"));
    assertThat(QueryString.pairs("a=&b=1")).isEqualTo(Map.of("a", "", "b", "1"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a", "a=", "=1", "a=1&a=2", "a=1&%61=2", "a=%ff", "a=%zz", "a=%00", "a={"})
  void refusesQueryThatIsNotExact(String query) throws Exception {
    assertThatIllegalArgumentException().isThrownBy(() -> QueryString.parameters(query));
    request.setQueryString(query);
    new RequestHeadFilter().doFilter(request, response, chain);

    assertThat(response.getStatus()).isEqualTo(400);
    assertThat(response.getContentAsString()).contains("\"code\":\"invalid-request\"");
    assertThat(chain.getRequest()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "application/json,                    200",
    "application/json;charset=utf-8,      200",
    "application/json;charset=iso-8859-1, 415",
    "application/x-www-form-urlencoded,   415",
    "application/*,                       415",
    "/;=,                                 415"
  })
  void bodyIsJsonInUtf8(String contentType, int status) throws Exception {
    request.addHeader("Content-Type", contentType);
    new RequestHeadFilter().doFilter(request, response, chain);

    assertThat(response.getStatus()).isEqualTo(status);
    assertThat(response.getHeader("Cache-Control")).isEqualTo("no-store");
    assertThat(response.getHeader("X-Content-Type-Options")).isEqualTo("nosniff");
  }

  @Test
  void refusesCompressedBody() throws Exception {
    request.addHeader("Content-Type", "application/json");
    request.addHeader("Content-Encoding", "gzip");
    new RequestHeadFilter().doFilter(request, response, chain);

    assertThat(response.getStatus()).isEqualTo(415);
  }
}
