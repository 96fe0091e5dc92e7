package dev.payledger.system.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.payledger.demo.journey.GatewayClient;
import dev.payledger.demo.journey.GatewayClient.Answer;
import dev.payledger.stack.ComposeStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The compose stack under load, and `kill -9` of everything in one of its containers. Nobody
/// helps: the restart policy and the services heal it. What the callers saw is printed as a table
/// and kept in `target/container-kills.md`.
@Tag("containers")
class ComposeKillsIT {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final String EXTERNAL_EUR = "e0000000-0000-7000-8000-000000000978";
  private static final Duration SETTLED_WITHIN = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofMillis(50);
  private static final int CALLERS = 4;
  private static final int WARM = 40;
  private static final long FUNDED_MINOR = 1_000_000;
  private static final long AMOUNT_MINOR = 10;

  private static final ComposeStack STACK = new ComposeStack(ROOT, "payledger-kills", 28_080);
  private static final List<String> TABLE = new ArrayList<>();
  private static GatewayClient gateway;

  /// A minute; and on a machine too busy to start the whole within that, no longer than that took.
  private static Duration healedWithin = Duration.ofSeconds(60);

  /// @param first what the first call under the key came back with; `no answer` when nothing did
  private record Sent(String key, String first, String body, long answeredNanos) {
    boolean isPosted() {
      return first.equals("201");
    }
  }

  @BeforeAll
  static void up() throws IOException {
    TABLE.add("| killed | callers saw, until all was healthy | longest wait for a 201 | healed |");
    TABLE.add("| --- | --- | --- | --- |");
    STACK.wipe();
    STACK.build(Path.of("target", "compose-build.log"));
    long began = System.nanoTime();
    STACK.up();
    Duration start = Duration.ofNanos(System.nanoTime() - began);
    healedWithin = start.compareTo(healedWithin) > 0 ? start : healedWithin;
    System.out.println(
        "started within " + start + ", each kill must be healed within " + healedWithin);
    gateway = new GatewayClient(STACK.gateway(), GatewayClient.OPERATOR_SECRET);
  }

  @AfterAll
  static void down() throws IOException {
    gateway.close();
    STACK.wipe();
    TABLE.forEach(System.out::println);
    Files.write(Path.of("target", "container-kills.md"), TABLE);
    assertThat(STACK.remains()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgres",
        "kafka",
        "redis",
        "ledger-service",
        "fraud-service",
        "outbox-relay",
        "notify-eu",
        "gateway",
        "demo"
      })
  void stackHealsByItselfAndBooksStayRight(String victim) throws Exception {
    String operator = gateway.token("operator");
    String alice = gateway.token("alice");
    String debit = account(operator, "alice");
    String credit = account(operator, "bob");
    String funding = body(EXTERNAL_EUR, debit, FUNDED_MINOR);
    assertThat(transfer(operator, UUID.randomUUID().toString(), funding).first()).isEqualTo("201");
    String body = body(debit, credit, AMOUNT_MINOR);

    Queue<Sent> sent = new ConcurrentLinkedQueue<>();
    AtomicBoolean isOver = new AtomicBoolean();
    long killed;
    long healed;
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        Callable<Void> caller =
            () -> {
              while (!isOver.get()) {
                sent.add(transfer(alice, UUID.randomUUID().toString(), body));
                LockSupport.parkNanos(PAUSE.toNanos());
              }
              return null;
            };
        running.add(callers.submit(caller));
      }
      try {
        await().atMost(SETTLED_WITHIN).until(() -> posted(sent, 0) >= WARM);
        killed = System.nanoTime();
        STACK.kill(victim);
        STACK.awaitHealthy(healedWithin);
        healed = System.nanoTime();
        // Healthy means that transfers pass, not only that a probe says so.
        await().atMost(SETTLED_WITHIN).until(() -> posted(sent, healed) >= WARM);
      } finally {
        isOver.set(true);
      }
      for (Future<?> each : running) {
        each.get();
      }
    }
    TABLE.add(row(victim, sent, killed, healed));

    for (Sent each : sent) {
      Sent settled = settle(alice, each.key(), body);
      if (each.isPosted()) {
        assertThat(settled.body())
            .as("what was answered is what is answered")
            .isEqualTo(each.body());
      }
    }
    assertThat(number(operator, debit, "balanceMinor"))
        .isEqualTo(FUNDED_MINOR - AMOUNT_MINOR * sent.size());
    assertThat(number(operator, debit, "heldMinor")).isZero();
    assertThat(number(operator, credit, "balanceMinor")).isEqualTo(AMOUNT_MINOR * sent.size());
    String bob = gateway.token("bob");
    await().atMost(SETTLED_WITHIN).until(() -> feedItems(bob, credit) == sent.size());
    Answer checks = gateway.get(operator, "/v1/operator/checks");
    assertThat(checks.json().path("passed").asBoolean(false)).as(checks.body()).isTrue();
  }

  private static String row(String victim, Queue<Sent> sent, long killed, long healed) {
    Map<String, Long> kinds =
        sent.stream()
            .filter(each -> each.answeredNanos() > killed && each.answeredNanos() <= healed)
            .collect(Collectors.groupingBy(Sent::first, TreeMap::new, Collectors.counting()));
    List<Long> posted =
        sent.stream()
            .filter(Sent::isPosted)
            .map(Sent::answeredNanos)
            .sorted(Comparator.naturalOrder())
            .toList();
    long longest = 0;
    for (int i = 1; i < posted.size(); i++) {
      longest = Math.max(longest, posted.get(i) - posted.get(i - 1));
    }
    return "| %s | %s | %.1f s | %.1f s |"
        .formatted(
            victim,
            kinds.entrySet().stream()
                .map(kind -> kind.getValue() + " × " + kind.getKey())
                .collect(Collectors.joining(", ")),
            longest / 1e9,
            (healed - killed) / 1e9);
  }

  private static long posted(Queue<Sent> sent, long afterNanos) {
    return sent.stream()
        .filter(each -> each.isPosted() && (afterNanos == 0 || each.answeredNanos() > afterNanos))
        .count();
  }

  private static Sent transfer(String token, String key, String body) {
    try {
      Answer answer = gateway.post(token, "/v1/transfers", body, "Idempotency-Key", key);
      String kind = (answer.status() + " " + answer.code()).strip();
      return new Sent(key, kind, answer.body(), System.nanoTime());
    } catch (IOException e) {
      return new Sent(key, "no answer", e.toString(), System.nanoTime());
    }
  }

  /// The same request with the same key until it is posted; a "no" is not expected here.
  private static Sent settle(String token, String key, String body) {
    return await()
        .atMost(SETTLED_WITHIN)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> transfer(token, key, body), Sent::isPosted);
  }

  private static String account(String operator, String owner) throws IOException {
    Answer opened =
        gateway.post(
            operator,
            "/v1/accounts",
            "{\"name\":\"Kills\",\"currency\":\"EUR\",\"owner\":\"%s\"}".formatted(owner),
            "Idempotency-Key",
            UUID.randomUUID().toString());
    assertThat(opened.status()).as(opened.body()).isEqualTo(201);
    return opened.json().path("id").asString("");
  }

  private static String body(String debit, String credit, long amountMinor) {
    return """
        {"debitAccountId":"%s","creditAccountId":"%s","amountMinor":%d,"currency":"EUR"}"""
        .formatted(debit, credit, amountMinor);
  }

  private static long number(String operator, String account, String property) throws IOException {
    return gateway.get(operator, "/v1/accounts/" + account).json().path(property).asLong(-1);
  }

  private static int feedItems(String owner, String account) throws IOException {
    int items = 0;
    String next = "";
    do {
      Answer page = gateway.get(owner, "/v1/accounts/" + account + "/feed?limit=200" + next);
      if (page.status() != 200) {
        return -1;
      }
      items += page.json().path("items").size();
      next = page.json().has("next") ? "&cursor=" + page.json().path("next").asString("") : null;
    } while (next != null);
    return items;
  }
}
