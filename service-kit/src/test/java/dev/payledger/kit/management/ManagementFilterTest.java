package dev.payledger.kit.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

/// What a container keeps from the filter, or passes on to what is behind it.
class ManagementFilterTest {
  private final ManagementFilter filter =
      new ManagementFilter(new ManagementProperties("secret", List.of()));
  private final MockHttpServletResponse response = new MockHttpServletResponse();
  private final MockFilterChain chain = new MockFilterChain();

  @Test
  void refusesSeveralHostsAlsoWhenTheContainerTakesThem() throws Exception {
    MockHttpServletRequest request = request("GET", "localhost");
    request.addHeader("Host", "localhost");
    filter.doFilter(request, response, chain);

    assertThat(response.getStatus()).isEqualTo(421);
    assertThat(chain.getRequest()).isNull();
  }

  @Test
  void refusesNoHostInHttp11() throws Exception {
    filter.doFilter(new MockHttpServletRequest("GET", "/"), response, chain);

    assertThat(response.getStatus()).isEqualTo(421);
    assertThat(chain.getRequest()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "POST"})
  void takesTheCredentialOutOfTheRequest(String method) throws Exception {
    MockHttpServletRequest request = request(method, "localhost");
    request.addHeader("Authorization", "Bearer secret");
    filter.doFilter(request, response, chain);

    HttpServletRequest passed = (HttpServletRequest) Objects.requireNonNull(chain.getRequest());
    assertThat(passed.getHeader("authorization")).isNull();
    assertThat(Collections.list(passed.getHeaders("Authorization"))).isEmpty();
    assertThat(Collections.list(passed.getHeaderNames())).containsExactly("Host");
  }

  @Test
  void leavesOtherAuthorizationsOfReadsAlone() throws Exception {
    MockHttpServletRequest request = request("GET", "localhost");
    request.addHeader("Authorization", "Bearer other");
    filter.doFilter(request, response, chain);

    assertThat(chain.getRequest()).isSameAs(request);
  }

  @Test
  void refusalNamesTheTraceOfItsRequest() throws Exception {
    MockHttpServletRequest request = request("POST", "localhost");
    request.addHeader("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    filter.doFilter(request, response, chain);

    assertThat(response.getContentAsString())
        .contains("\"traceId\":\"0af7651916cd43dd8448eb211c80319c\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "two words", "schlüssel"})
  void credentialMustBePrintableAscii(String credential) {
    assertThatThrownBy(() -> new ManagementProperties(credential, List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("payledger.management.credential");
  }

  private static MockHttpServletRequest request(String method, String host) {
    MockHttpServletRequest request = new MockHttpServletRequest(method, "/");
    request.addHeader("Host", host);
    return request;
  }
}
