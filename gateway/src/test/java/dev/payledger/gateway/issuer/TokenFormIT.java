package dev.payledger.gateway.issuer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.gateway.GatewayUnderTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/// Broken token requests, without credentials: each is answered 4xx, and no stack trace is logged.
@ExtendWith(OutputCaptureExtension.class)
class TokenFormIT extends GatewayUnderTest {
  private static final String FORM = "application/x-www-form-urlencoded";

  static Stream<String> brokenForms() {
    return Stream.of(
        "=",
        "%",
        "%ff",
        "a=%c0%80",
        "a=%00",
        "a=%zz",
        "=x",
        "grant_type=client_credentials&=",
        "grant_type=client_credentials&grant_type=client_credentials",
        "grant_type=client_credentials&grant%5ftype=client_credentials",
        "a b=c",
        "ä=1",
        IntStream.range(0, 1_200).mapToObj(i -> "a" + i).collect(Collectors.joining("&")));
  }

  @ParameterizedTest
  @MethodSource("brokenForms")
  void brokenFormIsAnInvalidRequest(String body, CapturedOutput log) {
    HttpResponse<String> response = send(form(FORM, BodyPublishers.ofString(body)));

    assertInvalidRequest(response, body.length() > 2_048 ? 413 : 400);
    assertNothingUnexpected(log);
  }

  @Test
  void largeFormIsNotReadHoweverItIsSent(CapturedOutput log) {
    byte[] large = ("a=" + "x".repeat(40_000)).getBytes(StandardCharsets.US_ASCII);

    assertInvalidRequest(send(form(FORM, BodyPublishers.ofByteArray(large))), 413);
    assertInvalidRequest(send(form(FORM, chunked(large))), 413);
    assertInvalidRequest(
        send(
            form("multipart/form-data; boundary=b", BodyPublishers.ofByteArray(new byte[852_000]))),
        413);
    assertNothingUnexpected(log);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "multipart/form-data; boundary=x",
        "application/json",
        "application/*",
        "*/*",
        "nonsense",
        FORM + "; charset=utf-16",
        FORM + "; charset=none"
      })
  void bodyThatIsNoFormIsNotRead(String contentType, CapturedOutput log) {
    BodyPublisher body = chunked("grant_type=client_credentials".getBytes(StandardCharsets.UTF_8));

    assertInvalidRequest(send(form(contentType, body)), 415);
    assertNothingUnexpected(log);
  }

  static Stream<Arguments> credentials() {
    return Stream.of(
        Arguments.of("", 401),
        Arguments.of("Basic", 400),
        Arguments.of("Basic %", 400),
        Arguments.of("Basic " + base64("alice"), 400),
        Arguments.of("Basic " + base64("alice:"), 400),
        Arguments.of("Basic " + base64("%:%"), 400),
        Arguments.of("Basic " + base64("\u0000:\u0000"), 400),
        Arguments.of("Basic " + base64("alice:" + "x".repeat(3_000)), 401),
        Arguments.of("Bearer x", 401),
        Arguments.of("Nonsense x", 401));
  }

  @ParameterizedTest
  @MethodSource("credentials")
  void wrongCredentialIsRefusedAndChallenged(String credential, int status, CapturedOutput log) {
    HttpRequest.Builder request =
        form(FORM, BodyPublishers.ofString("grant_type=client_credentials"));
    if (!credential.isEmpty()) {
      request.header("Authorization", credential);
    }

    HttpResponse<String> response = send(request);

    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    if (status == 401) {
      assertThat(response.headers().allValues("WWW-Authenticate"))
          .containsExactly("Basic realm=\"payledger\"");
      assertThat(json(response).get("error").stringValue()).isEqualTo("invalid_client");
    } else {
      assertThat(json(response).get("error").stringValue()).isEqualTo("invalid_request");
    }
    assertNothingUnexpected(log);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "client_id=alice&client_secret=alice-demo&grant_type=client_credentials",
        "client_id=alice&grant_type=client_credentials",
        "client_id=alice&grant_type=authorization_code&code=x&code_verifier=x",
        "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
            + "&client_assertion=x&grant_type=client_credentials",
        "grant_type=refresh_token&refresh_token=x",
        "grant_type=nonsense",
        "scope=accounts%3Aread",
        ""
      })
  void clientThatShowsItselfInAnotherWayIsRefused(String body, CapturedOutput log) {
    HttpResponse<String> response = send(form(FORM, BodyPublishers.ofString(body)));

    assertThat(response.statusCode()).as(response.body()).isIn(400, 401);
    assertThat(json(response).get("error").stringValue()).startsWith("in");
    assertThat(response.headers().firstValue("WWW-Authenticate").isPresent())
        .isEqualTo(response.statusCode() == 401);
    assertNothingUnexpected(log);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "grant_type=refresh_token&refresh_token=x",
        "grant_type=authorization_code&code=x",
        "grant_type=authorization_code&code=x&redirect_uri=http%3A%2F%2Fx",
        "grant_type=nonsense",
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=x",
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange",
        "grant_type=client_credentials&scope=nonsense",
        "scope=accounts%3Aread"
      })
  void otherGrantsAreRefused(String body, CapturedOutput log) {
    HttpResponse<String> response =
        send(
            form(FORM, BodyPublishers.ofString(body))
                .header("Authorization", "Basic " + base64("alice:alice-demo")));

    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    assertThat(response.body())
        .matches("\\{\"error\":\"(invalid_(request|grant|scope)|unsupported_grant_type)\"}");
    assertNothingUnexpected(log);
  }

  @Test
  void parameterWithoutValueIsLeftOut() {
    HttpResponse<String> response = send(tokenRequest("alice", "alice-demo", "&scope="));

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(json(response).get("scope").stringValue()).contains("transfers:write");
  }

  @ParameterizedTest
  @ValueSource(strings = {"grant_type=client_credentials", "=", "%ff", "a=1&a=2"})
  void queryIsRefused(String query) throws IOException {
    // By hand: an HTTP client refuses to send some of these.
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket
          .getOutputStream()
          .write(
              """
              POST /oauth2/token?%s HTTP/1.1\r
              Host: payledger\r
              Content-Length: 0\r
              Connection: close\r
              \r
              """
                  .formatted(query)
                  .getBytes(StandardCharsets.US_ASCII));
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("HTTP/1.1 400 ")
          .endsWith("{\"error\":\"invalid_request\"}");
    }
  }

  @Test
  void twoCredentialsAreRefused() {
    assertInvalidRequest(
        send(
            form(FORM, BodyPublishers.ofString("grant_type=client_credentials"))
                .header("Authorization", "Basic " + base64("alice:alice-demo"))
                .header("Authorization", "Basic " + base64("bob:bob-demo"))),
        400);
  }

  private static void assertInvalidRequest(HttpResponse<String> response, int status) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(response.body()).isEqualTo("{\"error\":\"invalid_request\"}");
  }

  private HttpRequest.Builder form(String contentType, BodyPublisher body) {
    return anonymously("/oauth2/token").header("Content-Type", contentType).POST(body);
  }

  private static BodyPublisher chunked(byte[] bytes) {
    return BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void assertNothingUnexpected(CapturedOutput log) {
    assertThat(log.getAll()).doesNotContain("Exception", "\tat ");
  }
}
