package dev.payledger.gateway.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class OpenLimitFilterTest {
  @Test
  void theClientIdIsReadFromHttpBasicAndBounded() {
    assertThat(OpenLimitFilter.clientId("Basic YWxpY2U6YWxpY2UtZGVtbw==")).isEqualTo("alice");
    assertThat(OpenLimitFilter.clientId("basic YWxpY2U6eA==")).isEqualTo("alice");
    assertThat(OpenLimitFilter.clientId("Basic !!!")).isEmpty();
    assertThat(OpenLimitFilter.clientId("Bearer abc")).isEmpty();
    assertThat(OpenLimitFilter.clientId(null)).isEmpty();
    String endless =
        Base64.getEncoder()
            .encodeToString(("x".repeat(5_000) + ":y").getBytes(StandardCharsets.UTF_8));
    assertThat(OpenLimitFilter.clientId("Basic " + endless)).hasSize(100);
  }
}
