package dev.payledger.gateway.routes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.gateway.Downstream.Reply;
import dev.payledger.gateway.GatewayUnderTest;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What may be kept by a cache on the way: nothing but the description of the API.
class CachingIT extends GatewayUnderTest {
  static final List<Route> TABLE = Routes.TABLE;

  @ParameterizedTest
  @FieldSource("TABLE")
  void noAnswerOfARouteMayBeKeptButTheDescription(Route route) {
    for (int status : new int[] {200, 404, 422, 503}) {
      ledger.answers(request -> Reply.problem(status, "not-found"));
      feed.answers(request -> Reply.problem(status, "not-found"));
      assertNotKept(route, request(route, "operator"));
    }
    assertNotKept(route, request(route, null));
    assertNotKept(route, request(route, "operator").method("PATCH", BodyPublishers.noBody()));
    assertNotKept(route, request(route, "operator").setHeader("Content-Type", "text/plain"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/v1/nothing", "/v1//transfers", "/actuator/health"})
  void noAnswerWithoutARouteMayBeKept(String path) {
    HttpResponse<String> response = send(anonymously(path));
    assertThat(response.headers().allValues("Cache-Control")).containsExactly("no-store");
  }

  private HttpRequest.Builder request(Route route, String client) {
    String path = route.path().replace("{id}", ALICE_EUR);
    HttpRequest.Builder request = client == null ? anonymously(path) : as(client, path);
    return route.method().equals("POST")
        ? request
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", newKey())
            .POST(BodyPublishers.ofString(transfer(1)))
        : request;
  }

  private void assertNotKept(Route route, HttpRequest.Builder request) {
    HttpResponse<String> response = send(request);
    String may =
        route.path().equals("/v1/openapi.yaml") && response.statusCode() == 200
            ? "public, max-age=3600"
            : "no-store";
    assertThat(response.headers().allValues("Cache-Control"))
        .as("%s %s: %d", response.request().method(), route.path(), response.statusCode())
        .containsExactly(may);
  }
}
