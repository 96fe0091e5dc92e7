package dev.payledger.gateway.issuer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.gateway.Downstream.Reply;
import dev.payledger.gateway.GatewayUnderTest;
import dev.payledger.testkit.Seed;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Wrong secrets, beside callers who do nothing wrong.
class GuessedSecretsIT extends GatewayUnderTest {
  private static final Duration PHASE = Duration.ofSeconds(6);

  /// An answer after this is none.
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final RandomGenerator random = Seed.next().random();

  /// What became of one request; status 0 when there was no answer in time.
  private record Asked(int status, Duration took) {}

  @BeforeEach
  void ledgerAnswers() {
    ledger.answers(request -> Reply.json(200, "{\"items\":[]}"));
    List.of("alice", "bob", "carol", "operator").forEach(this::token);
  }

  @AfterEach
  void budgetsAreLeftForOthers() {
    for (String client : List.of("carol", "mallory")) {
      Awaitility.await().until(() -> guess(client).statusCode() == 401);
    }
  }

  @Test
  void guessesTakeNothingFromReadersOrFromOtherClients() throws Exception {
    Supplier<HttpRequest.Builder> read = () -> as("alice", "/v1/accounts");
    List<Asked> before = steadily(20, read).get();

    Running guesses =
        steadily(
            50,
            () -> tokenRequest(random.nextBoolean() ? spelling("carol") : "mallory", "wrong", ""));
    Running tokens = steadily(1, () -> tokenRequest("bob", "bob-demo", ""));
    Running keySets = steadily(5, () -> anonymously("/oauth2/jwks"));
    List<Asked> beside = steadily(20, read).get();

    assertThat(before).extracting(Asked::status).containsOnly(200);
    assertThat(beside).extracting(Asked::status).containsOnly(200);
    assertThat(p99(beside)).isLessThan(p99(before).multipliedBy(5).plusMillis(500));
    // On a busy machine a check may take longer than a client waits for its turn.
    assertThat(tokens.get())
        .extracting(Asked::status)
        .isSubsetOf(200, 503)
        .filteredOn(status -> status == 503)
        .hasSizeLessThan(tokens.get().size() / 2);
    assertThat(keySets.get()).extracting(Asked::status).containsOnly(200);
    assertThat(guesses.get())
        .extracting(Asked::status)
        .isSubsetOf(401, 429, 503)
        .contains(401, 429);
  }

  @Test
  void noSpellingOfAClientsIdHasABudgetOfItsOwn() throws Exception {
    List<HttpResponse<String>> refused =
        together(
            150,
            () ->
                tokenRequest(spelling("carol"), "wrong", "")
                    // Whatever address the guesser says that he has.
                    .header("X-Forwarded-For", "192.0.2." + random.nextInt(256)));
    HttpResponse<String> last =
        refused.stream().filter(answer -> answer.statusCode() == 429).findFirst().orElseThrow();
    assertProblem(last, 429, "quota-exceeded");
    assertThat(header(last, "Retry-After")).isEqualTo("1");
    assertThat(header(last, "RateLimit-Policy")).isEqualTo("\"tokens\";q=50;w=10");
    for (Supplier<HttpRequest.Builder> plainly :
        List.<Supplier<HttpRequest.Builder>>of(
            () -> tokenRequest("carol", "carol-demo", ""), () -> inTheBody("carol"))) {
      assertThat(together(20, plainly))
          .as("carol's budget is used up, however she is spelled")
          .extracting(HttpResponse::statusCode)
          .contains(429);
    }
    assertThat(send(tokenRequest("bob", "bob-demo", "")).statusCode()).isEqualTo(200);
  }

  @Test
  void allIdsThatNobodyHasShareOneBudget() throws Exception {
    assertThat(together(150, () -> tokenRequest("mallory-" + random.nextInt(), "wrong", "")))
        .extracting(HttpResponse::statusCode)
        .contains(429);
    assertThat(send(tokenRequest("bob", "bob-demo", "")).statusCode()).isEqualTo(200);
  }

  @Test
  void secretsOfOneClientAreCheckedAFewAtATime() throws Exception {
    List<HttpResponse<String>> answers = together(30, () -> tokenRequest("operator", "wrong", ""));
    assertThat(answers).extracting(HttpResponse::statusCode).contains(401, 503);
    HttpResponse<String> refused =
        answers.stream().filter(answer -> answer.statusCode() == 503).findFirst().orElseThrow();
    assertProblem(refused, 503, "temporary-reduced-capacity");
    assertThat(header(refused, "Retry-After")).matches("[1-3]");
  }

  @Test
  void anUnknownIdTakesAsLongAsAKnownOne() {
    List<Duration> known = new ArrayList<>();
    List<Duration> unknown = new ArrayList<>();
    for (int pair = 0; pair < 15; pair++) {
      known.add(timed("carol"));
      unknown.add(timed("mallory"));
    }
    long ratioPercent = 100 * median(unknown).toNanos() / median(known).toNanos();
    assertThat(ratioPercent).isBetween(50L, 200L);
  }

  @Test
  void readersOfTheDescriptionLeaveTheKeySetAlone() throws Exception {
    assertThat(together(400, () -> anonymously("/v1/openapi.yaml")))
        .extracting(HttpResponse::statusCode)
        .contains(200, 429);
    assertThat(send(anonymously("/oauth2/jwks")).statusCode()).isEqualTo(200);
    assertThat(send(tokenRequest("bob", "bob-demo", "")).statusCode()).isEqualTo(200);
  }

  /// Of a guess that is checked: what is over the budget is refused sooner.
  private Duration timed(String client) {
    return Awaitility.await()
        .until(
            () -> {
              long start = System.nanoTime();
              int status = guess(client).statusCode();
              Duration took = Duration.ofNanos(System.nanoTime() - start);
              return status == 401 ? took : Duration.ZERO;
            },
            Duration::isPositive);
  }

  private HttpResponse<String> guess(String client) {
    return send(tokenRequest(client, "wrong", ""));
  }

  /// One of the spellings that form-urlencoding allows.
  private String spelling(String client) {
    StringBuilder spelled = new StringBuilder();
    for (byte letter : client.getBytes(StandardCharsets.US_ASCII)) {
      spelled.append(
          random.nextBoolean()
              ? "%" + Integer.toHexString(letter).toUpperCase(Locale.ROOT)
              : Character.toString(letter));
    }
    return spelled.toString();
  }

  private HttpRequest.Builder inTheBody(String client) {
    return anonymously("/oauth2/token")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(
            BodyPublishers.ofString(
                "grant_type=client_credentials&client_secret=wrong&client_id=" + client));
  }

  private List<HttpResponse<String>> together(int number, Supplier<HttpRequest.Builder> each)
      throws InterruptedException, ExecutionException {
    List<Future<HttpResponse<String>>> sent = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < number; i++) {
        HttpRequest.Builder request = each.get();
        sent.add(threads.submit(() -> send(request)));
      }
    }
    List<HttpResponse<String>> answers = new ArrayList<>();
    for (Future<HttpResponse<String>> one : sent) {
      answers.add(one.get());
    }
    return answers;
  }

  /// A load in open loop that runs for a phase.
  private static final class Running {
    private final List<Future<Asked>> asked = new ArrayList<>();

    List<Asked> get() throws InterruptedException, ExecutionException {
      List<Asked> all = new ArrayList<>();
      for (Future<Asked> one : asked) {
        all.add(one.get());
      }
      return all;
    }
  }

  private Running steadily(int perSecond, Supplier<HttpRequest.Builder> request) {
    Running running = new Running();
    int number = (int) (PHASE.toSeconds() * perSecond);
    ScheduledExecutorService due =
        Executors.newScheduledThreadPool(number, Thread.ofVirtual().factory());
    for (int i = 0; i < number; i++) {
      HttpRequest asked = request.get().timeout(PATIENCE).build();
      running.asked.add(
          due.schedule(() -> ask(asked), i * 1_000L / perSecond, TimeUnit.MILLISECONDS));
    }
    // What is due still runs.
    due.shutdown();
    return running;
  }

  private static Asked ask(HttpRequest request) throws InterruptedException {
    long start = System.nanoTime();
    int status;
    try {
      status = http.send(request, BodyHandlers.ofString()).statusCode();
    } catch (IOException e) {
      status = 0;
    }
    return new Asked(status, Duration.ofNanos(System.nanoTime() - start));
  }

  private static Duration p99(List<Asked> asked) {
    long[] nanos = asked.stream().mapToLong(one -> one.took().toNanos()).sorted().toArray();
    return Duration.ofNanos(nanos[nanos.length * 99 / 100]);
  }

  private static Duration median(List<Duration> took) {
    Duration[] sorted = took.toArray(Duration[]::new);
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
