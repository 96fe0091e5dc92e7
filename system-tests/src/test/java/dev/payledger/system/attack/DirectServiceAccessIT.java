package dev.payledger.system.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.stack.Service;
import dev.payledger.system.Stack;
import dev.payledger.testkit.OpenApi;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// At the services' own ports, past the gateway: to reach a port is no right to anything. Each
/// service checks by itself who calls, so that none of them stands or falls with the gateway.
class DirectServiceAccessIT extends Stack {
  private static final String ID = AttackFamily.NOBODY;

  /// The address 127.0.0.1, or ::1, or the first as an address of IPv6, as the kernel lists them.
  private static final Set<String> LOOPBACK =
      Set.of("0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000");

  private static final String LISTENING = "0A";

  /// What the management ports may show, the last two in the demo alone.
  private static final Set<String> ENDPOINTS =
      Set.of(
          "self",
          "health",
          "info",
          "metrics",
          "prometheus",
          "circuitbreakers",
          "bulkheads",
          "faults",
          "signingkeys");

  private static final List<String> OTHER_ENDPOINTS =
      List.of(
          "env",
          "beans",
          "configprops",
          "conditions",
          "heapdump",
          "threaddump",
          "loggers",
          "logfile",
          "mappings",
          "flyway",
          "scheduledtasks",
          "caches",
          "httpexchanges",
          "shutdown",
          "restart",
          "jolokia");

  /// @param path with an id where one belongs
  private record Call(Service service, String method, String path) {
    Attack.Request request() {
      Attack.Request request = Attack.request(method, path).header("Command-Id: " + ID);
      return method.startsWith("P") ? request.json("{}") : request;
    }

    int status(@Nullable String token) throws IOException {
      Attack.Request request = token == null ? request() : request().as(token);
      URI address = stack().url(service);
      return RawHttp.send(address, request.mustGet("", 0, null).request()).status();
    }
  }

  @BeforeEach
  void thereIsSomethingToGet() {
    account("alice", 1);
  }

  @Test
  void rejectsRequestsWithoutCredentials() throws IOException {
    for (Call call : all()) {
      assertThat(call.status(null)).as(call.toString()).isEqualTo(401);
    }
    for (String path : List.of("/", "/v1/accounts", "/actuator", "/actuator/health")) {
      assertThat(new Call(Service.RELAY, "GET", path).status(null))
          .as("the relay serves nothing at " + path)
          .isEqualTo(404);
    }
  }

  @Test
  void everyServiceRejectsForgedTokens() throws Exception {
    try (Attacker attacker = new Attacker()) {
      ForgedTokens forged = attacker.forged();
      String id = account("alice", 100);
      List<Call> calls =
          List.of(
              new Call(Service.LEDGER, "GET", "/v1/accounts"),
              new Call(Service.LEDGER, "GET", "/v1/operator/trial-balance"),
              new Call(Service.NOTIFY_EU, "GET", "/v1/accounts/" + id + "/feed"),
              new Call(Service.GATEWAY, "GET", "/v1/accounts"),
              new Call(
                  Service.GATEWAY, "GET", "/v1/idempotency-keys?key=x&operation=create-transfer"));
      awaitFeed(id, "alice", 1);
      for (Call call : calls) {
        assertThat(call.status(forged.right())).as("the right one: " + call).isEqualTo(200);
        for (Map.Entry<String, String> token : forged.all(audience(call.service)).entrySet()) {
          assertThat(call.status(token.getValue())).as(token.getKey() + ": " + call).isEqualTo(401);
        }
      }
      assertThat(attacker.timesAsked()).isZero();
    }
  }

  private static String audience(Service service) {
    return switch (service) {
      case LEDGER -> "payledger-ledger";
      case NOTIFY_EU -> "payledger-notify";
      default -> "payledger";
    };
  }

  @Test
  void everyServiceRejectsTokensWithoutScope() throws IOException {
    String reads = token("alice", "accounts:read");
    String writes = token("alice", "transfers:write");
    for (Call call : all()) {
      if (call.service != Service.FRAUD && call.path.startsWith("/v1/")) {
        boolean isRead = call.method.equals("GET") && !call.path.contains("operator");
        assertThat(call.status(isRead ? writes : reads)).as(call.toString()).isEqualTo(403);
      }
    }
    // A HEAD is a GET without the body, and its length tells enough.
    Call head = new Call(Service.LEDGER, "HEAD", "/v1/accounts");
    assertThat(head.status(writes)).isEqualTo(403);
  }

  @Test
  void fraudServiceRejectsCustomerTokens() throws IOException {
    for (Call call : all()) {
      if (call.service == Service.FRAUD) {
        assertThat(call.status(token("operator"))).as(call.toString()).isEqualTo(401);
      }
    }
  }

  @Test
  void everyPortIsOnLoopbackOnly() throws IOException {
    Map<Integer, String> listening = new HashMap<>();
    for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      for (String line : Files.readAllLines(Path.of(table))) {
        String[] columns = line.strip().split("\\s+");
        String[] local = columns[1].split(":");
        if (columns[3].equals(LISTENING)) {
          listening.put(Integer.valueOf(local[1], 16), local[0]);
        }
      }
    }
    stack()
        .ports()
        .all()
        .forEach(
            (port, service) ->
                assertThat(listening.get(port)).as(service + " at " + port).isIn(LOOPBACK));
  }

  @Test
  void managementPortsShowOnlyHealthAndMetrics() {
    for (Service service : Service.ours()) {
      Answer links = management(service, "");
      assertThat(links.status()).isEqualTo(200);
      assertThat(links.json().get("_links").propertyNames())
          .as(service.title())
          .allSatisfy(name -> assertThat(name.replaceAll("-.*", "")).isIn(ENDPOINTS));
      assertThat(management(service, "/health").body())
          .doesNotContain(Stack.secrets().of(service).values());
      for (String endpoint : OTHER_ENDPOINTS) {
        assertThat(management(service, "/" + endpoint).status())
            .as(service + " " + endpoint)
            .isIn(401, 404);
      }
    }
  }

  /// A web page that has its own name resolved to 127.0.0.1 sends that name.
  @Test
  void managementPortsRefuseOtherHostsAndStrangersWrites() throws IOException {
    for (Service service : Service.ours()) {
      for (String host : List.of("evil.example", "127.0.0.1.evil.example", "localhost.evil")) {
        assertThat(managementStatus(service, "GET", "/prometheus", host))
            .as(service + " as " + host)
            .isEqualTo(421);
      }
      for (String method : List.of("POST", "PUT", "PATCH", "DELETE")) {
        assertThat(managementStatus(service, method, "/health", "127.0.0.1"))
            .as(service + " " + method)
            .isEqualTo(401);
      }
      assertThat(managementStatus(service, "GET", "/health", "LOCALHOST")).isEqualTo(200);
    }
    assertThat(managementStatus(Service.FRAUD, "POST", "/faults/hang", "127.0.0.1")).isEqualTo(401);
    assertThat(managementStatus(Service.FRAUD, "DELETE", "/faults", "127.0.0.1")).isEqualTo(401);
    assertThat(managementStatus(Service.GATEWAY, "POST", "/signingkeys", "127.0.0.1"))
        .isEqualTo(401);
  }

  /// Every route that a service has, and some that none has.
  private static List<Call> all() {
    List<Call> calls = new ArrayList<>();
    OpenApi api = OpenApi.of(get("/v1/openapi.yaml", "alice").body());
    api.operations().stream()
        .filter(operation -> operation.path().startsWith("/v1/"))
        .filter(operation -> !operation.path().matches("/v1/(openapi.yaml|idempotency-keys)"))
        .forEach(
            operation ->
                calls.add(
                    new Call(
                        operation.path().endsWith("/feed") ? Service.NOTIFY_EU : Service.LEDGER,
                        operation.method(),
                        operation.path().replace("{id}", ID))));
    for (String route :
        List.of(
            "PUT /assessments/" + ID,
            "DELETE /assessments/" + ID,
            "GET /reviews",
            "POST /reviews/%s/decision".formatted(ID))) {
      calls.add(new Call(Service.FRAUD, route.split(" ")[0], route.split(" ")[1]));
    }
    for (Service service : List.of(Service.LEDGER, Service.FRAUD, Service.NOTIFY_EU)) {
      Stream.of("/", "/v1", "/nothing", "/error", "/actuator", "/actuator/health", "/actuator/env")
          .forEach(path -> calls.add(new Call(service, "GET", path)));
    }
    return calls;
  }

  private static int managementStatus(Service service, String method, String path, String host)
      throws IOException {
    String head =
        "%s /actuator%s HTTP/1.1\r\nHost: %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            .formatted(method, path, host);
    return RawHttp.send(stack().managementUrl(service), head.getBytes(StandardCharsets.ISO_8859_1))
        .status();
  }

  private static Answer management(Service service, String path) {
    return send(
        HttpRequest.newBuilder(URI.create(stack().managementUrl(service) + "/actuator" + path)));
  }
}
