package dev.payledger.system.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.payledger.stack.Service;
import dev.payledger.system.Stack;
import dev.payledger.system.house.DocumentedCalls.Call;
import dev.payledger.system.house.DocumentedCalls.Page;
import dev.payledger.testkit.OpenApi;
import dev.payledger.testkit.OpenApi.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The pages with curl lines, done by bash as a reader would: each answer is the one that the page
/// shows, fits the API's description, and no route is left out.
class ApiDocsIT extends Stack {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path OUT = Path.of("target", "api-docs").toAbsolutePath();
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String ALICE = "a11ce000-0000-7000-8000-000000000978";
  private static final String BOB = "b0b00000-0000-7000-8000-000000000978";
  private static final String CAROL = "ca401000-0000-7000-8000-000000000978";

  /// Nothing waits for a review while fraud-service is well, and nothing is parked: the page shows
  /// the refusals, `ReviewIT` and `ParkedIT` the rest.
  private static final Set<String> REFUSED =
      Set.of(
          "POST /v1/operator/held-transfers/{id}/review",
          "POST /v1/operator/parked-transfers/{id}/release");

  @Test
  void documentedCallsCoverEveryRouteAndAnswerAsShown() throws IOException {
    OpenApi api = OpenApi.of(get("/v1/openapi.yaml", "alice").body());
    theDemoHasItsMoney();
    List<String> faults = new ArrayList<>();
    Set<String> done = new TreeSet<>();
    for (String name : List.of("README.md", "docs/api.md")) {
      Page page = Page.of(Files.readString(ROOT.resolve(name)));
      List<Call> calls =
          DocumentedCalls.make(
              page,
              stack().url(Service.GATEWAY).toString(),
              OUT.resolve(name + ".calls"),
              Stack::token);
      // What came out, in the form of the page, for whoever has to write it again.
      Files.writeString(OUT.resolve(name), page.with(calls));
      faults.addAll(page.faults(calls));
      for (Call call : calls) {
        describe(api, call, faults, done);
      }
    }
    assertThat(faults).isEmpty();
    assertThat(done).containsAll(api.operations().stream().map(Operation::toString).toList());
  }

  private static void describe(OpenApi api, Call call, List<String> faults, Set<String> done) {
    Operation operation = api.operation(call.method(), call.path()).orElseThrow();
    JsonNode content = api.content(operation, call.status());
    if (content == null) {
      faults.add(operation + ": a " + call.status() + " is not described");
      return;
    }
    String mediaType = call.header("Content-Type").replaceAll(";.*", "");
    if (!content.has(mediaType)) {
      faults.add(operation + ": " + call.status() + " as " + mediaType + " is not described");
    } else if (mediaType.endsWith("json")) {
      api.faults(content.get(mediaType).get("schema"), JSON.readTree(call.body()))
          .forEach(fault -> faults.add(operation + " " + call.status() + ": " + fault));
    }
    if (call.status() < 300 || REFUSED.contains(operation.toString())) {
      done.add(operation.toString());
    }
  }

  /// What `./demo` does at its start; then until screening and the feed are awake after other
  /// tests.
  private static void theDemoHasItsMoney() {
    assertThat(settleTransfer("operator", "demo-seed-alice-EUR", EXTERNAL_EUR, ALICE, 2_000_000))
        .satisfies(answer -> assertThat(answer.status()).as(answer.body()).isEqualTo(201));
    settleTransfer("operator", "demo-seed-bob-EUR", EXTERNAL_EUR, BOB, 500_000);
    settleTransfer("operator", "demo-seed-carol-EUR", EXTERNAL_EUR, CAROL, 100_000);
    String payer = account("bob", 1_000);
    String payee = account("bob", 0);
    await()
        .atMost(SOON)
        .until(() -> transfer("bob", key(), payer, payee, 1).text("screening").equals("APPROVED"));
    await().atMost(SOON).until(() -> feed(ALICE, "alice").size() >= 1);
  }
}
