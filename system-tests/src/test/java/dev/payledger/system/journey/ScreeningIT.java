package dev.payledger.system.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.payledger.stack.Service;
import dev.payledger.system.Stack;
import dev.payledger.testkit.Seed;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Is there a way around fraud screening? Mixes of single payments, legs, batches and waiting, by
/// one caller and by several, through the gateway and at the ledger's own port, all at once.
/// `-Dseed=` makes the same ones again, `-Drounds=` more of them.
class ScreeningIT extends Stack {
  /// A healthy call takes some ten milliseconds. That a busy machine takes longer is no outage; and
  /// what waits for fraud-service to come back is asked about again as soon as it is.
  private static final Map<String, String> PATIENT =
      Map.of(
          "RESILIENCE4J_TIMELIMITER_INSTANCES_FRAUD_TIMEOUTDURATION", "2500ms",
          "PAYLEDGER_SCREENING_RETRYPERCENT", "100",
          "PAYLEDGER_SCREENING_RETRYBALANCEMAX", "1000");

  private static final int AT_ONCE = 16;
  private static final int BATCH_ITEMS = 32;
  private static final Duration WAIT = Duration.ofSeconds(10);

  private RandomGenerator random;
  private List<String> hers;
  private List<String> his;
  private String blocked;

  @BeforeAll
  static void theLedgerIsPatient() throws IOException {
    stack().with(Service.LEDGER, PATIENT).with(Service.GATEWAY, NO_RATE_LIMITS);
    stack().stop(Service.LEDGER);
    stack().stop(Service.GATEWAY);
  }

  @AfterAll
  static void andNoLonger() throws IOException {
    stack().without(Service.LEDGER, PATIENT.keySet());
    stack().without(Service.GATEWAY, NO_RATE_LIMITS.keySet());
    stack().stop(Service.LEDGER);
    stack().stop(Service.GATEWAY);
  }

  @BeforeEach
  void oneAccountIsBlocked() {
    random = Seed.next().random();
    hers = List.of(account("alice", 1_000_000), account("alice", 1_000_000));
    his = List.of(account("bob", 1_000_000), account("bob", 1_000_000));
    blocked = account("bob", 0);
    Answer answer =
        send(
            HttpRequest.newBuilder(
                    stack().url(Service.FRAUD).resolve("/blocked-accounts/" + blocked))
                .header("Authorization", "Bearer " + secret("FRAUD_CREDENTIAL"))
                .header("Content-Type", "application/json")
                .PUT(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"isBlocked\":true,\"reason\":\"a test\",\"changedBy\":\"nobody\"}")));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    await().atMost(SOON).until(() -> isBlockedAtTheLedger() == 1);
  }

  @Test
  void withFraudHealthyNothingPassesUnscreened() throws Exception {
    long moved = breakerMoves();
    TreeMap<Integer, Integer> statuses = new TreeMap<>();

    // Eight at once are what one caller needs to have more under way than fraud screening takes.
    for (URI door : List.of(stack().url(Service.LEDGER), stack().url(Service.GATEWAY))) {
      count(
          statuses,
          together(
              Collections.nCopies(
                  8, () -> ask(door, "alice", "/v1/transfer-batches", batch(hers.get(0), 100)))));
    }
    for (int round = 0; round < Seed.rounds(4); round++) {
      count(statuses, together(mix()));
    }
    await().atMost(SOON).until(() -> pendingTransfers() == 0);

    System.out.println("screening: answers " + statuses + ", longest call " + longestCall());
    assertThat(breakerMoves()).as("the breaker stayed closed").isEqualTo(moved);
    assertThat(transfers("true")).isGreaterThan(8 * BATCH_ITEMS);
    assertThat(transfers("t.screening = 'SKIPPED'")).isZero();
    assertThat(transfers("t.status = 'POSTED'")).isPositive();
    assertThat(transfers("t.status = 'REJECTED' AND t.rejection = 'fraud-declined'")).isPositive();
    assertThat(balanceMinor(blocked)).isZero();
  }

  @Test
  void withFraudAwayNothingReachesABlockedAccount() throws Exception {
    TreeMap<Integer, Integer> statuses = new TreeMap<>();
    stack().kill(Service.FRAUD);

    count(
        statuses,
        together(
            Collections.nCopies(
                2,
                () ->
                    ask(
                        stack().url(Service.LEDGER),
                        "alice",
                        "/v1/transfer-batches",
                        batch(hers.get(0), 1)))));
    for (int round = 0; round < Seed.rounds(1); round++) {
      count(statuses, together(mix()));
    }
    assertThat(balanceMinor(blocked)).isZero();
    assertThat(transfers("t.screening = 'SKIPPED'")).as("small ones do pass").isPositive();

    stack().start(Service.FRAUD);
    stack().awaitReady(Service.FRAUD);
    await().atMost(SOON.multipliedBy(2)).until(() -> pendingTransfers() == 0);
    // What is left would take the few repeats of the next class, whose ledger is less patient.
    await().atMost(SOON.multipliedBy(2)).until(() -> owedReleases() == 0);
    System.out.println("screening: answers without fraud " + statuses);
    assertThat(balanceMinor(blocked)).isZero();
    assertThat(toBlocked("t.status = 'REJECTED' AND t.rejection = 'fraud-declined'"))
        .isEqualTo(toBlocked("true"))
        .isPositive();
  }

  /// So many requests at once, of every kind.
  private List<Callable<Answer>> mix() {
    boolean isOneCaller = random.nextBoolean();
    return IntStream.range(0, AT_ONCE).mapToObj(i -> one(isOneCaller)).toList();
  }

  private Callable<Answer> one(boolean isOneCaller) {
    String who = isOneCaller || random.nextBoolean() ? "alice" : "bob";
    URI door = stack().url(random.nextBoolean() ? Service.GATEWAY : Service.LEDGER);
    String debit = (who.equals("alice") ? hers : his).get(random.nextInt(2));
    long amountMinor = List.of(1L, 100L, 1_000L, 6_000L).get(random.nextInt(4));
    return switch (random.nextInt(5)) {
      case 0 -> {
        String body = batch(debit, amountMinor);
        yield () -> ask(door, who, "/v1/transfer-batches", body);
      }
      case 1 -> {
        String body = legs(debit, amountMinor);
        yield () -> ask(door, who, "/v1/transfers", body);
      }
      case 2 -> {
        String body = body(debit, payee(), amountMinor);
        yield () -> askAndWait(door, who, body);
      }
      default -> {
        String body = body(debit, payee(), amountMinor);
        yield () -> ask(door, who, "/v1/transfers", body);
      }
    };
  }

  /// One of four is the blocked one.
  private String payee() {
    return random.nextInt(4) == 0 ? blocked : random.nextBoolean() ? account(hers) : account(his);
  }

  private String account(List<String> of) {
    return of.get(random.nextInt(of.size()));
  }

  private String batch(String debit, long amountMinor) {
    return "{\"items\":["
        + IntStream.range(0, BATCH_ITEMS)
            .mapToObj(i -> body(debit, payeeOtherThan(debit), amountMinor))
            .collect(Collectors.joining(","))
        + "]}";
  }

  private String legs(String debit, long amountMinor) {
    return "{\"currency\":\"EUR\",\"legs\":["
        + IntStream.range(0, 2 + random.nextInt(4))
            .mapToObj(
                i ->
                    "{\"debitAccountId\":\"%s\",\"creditAccountId\":\"%s\",\"amountMinor\":%d}"
                        .formatted(debit, payeeOtherThan(debit), amountMinor))
            .collect(Collectors.joining(","))
        + "]}";
  }

  private synchronized String payeeOtherThan(String debit) {
    String payee = payee();
    return payee.equals(debit) ? blocked : payee;
  }

  private static Answer ask(URI door, String who, String path, String body) {
    UUID id = UUID.randomUUID();
    return send(
        HttpRequest.newBuilder(door.resolve(path))
            .timeout(Duration.ofSeconds(40))
            .header("Authorization", "Bearer " + token(who))
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", id.toString())
            .header("Command-Id", id.toString())
            .header("Request-Timeout-Ms", Long.toString(WAIT.toMillis()))
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private static Answer askAndWait(URI door, String who, String body) {
    Answer asked = ask(door, who, "/v1/transfers", body);
    if (asked.status() == 202) {
      send(
          HttpRequest.newBuilder(door.resolve("/v1/transfers/" + asked.text("id") + "?waitMs=2000"))
              .timeout(Duration.ofSeconds(40))
              .header("Authorization", "Bearer " + token(who)));
    }
    return asked;
  }

  private static List<Answer> together(List<Callable<Answer>> calls) throws Exception {
    List<Answer> answers = new ArrayList<>();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Answer> answer : callers.invokeAll(calls)) {
        answers.add(answer.get());
      }
    }
    return answers;
  }

  private static void count(Map<Integer, Integer> statuses, List<Answer> answers) {
    answers.forEach(answer -> statuses.merge(answer.status(), 1, Integer::sum));
  }

  private long transfers(String which) {
    return number(
        "ledger",
        "SELECT count(*) FROM transfer t WHERE debit_account_id::text = ANY (?) AND " + which,
        (Object) Stream.concat(hers.stream(), his.stream()).toArray(String[]::new));
  }

  private long toBlocked(String which) {
    return number(
        "ledger",
        "SELECT count(*) FROM transfer t WHERE EXISTS (SELECT FROM leg l WHERE l.transfer_id = t.id"
            + " AND l.credit_account_id = ?) AND t.rejection IS DISTINCT FROM 'insufficient-funds'"
            + " AND "
            + which,
        UUID.fromString(blocked));
  }

  private long isBlockedAtTheLedger() {
    return number(
        "ledger",
        "SELECT count(*) FROM blocked_account WHERE account_id = ? AND is_blocked",
        UUID.fromString(blocked));
  }

  private static long breakerMoves() {
    return (long)
        metrics(Service.LEDGER)
            .lines()
            .filter(line -> line.startsWith("ledger_screening_breaker_moved_total"))
            .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
            .sum();
  }

  private static String longestCall() {
    return metrics(Service.LEDGER)
        .lines()
        .filter(line -> line.startsWith("resilience4j_circuitbreaker_calls_seconds_max"))
        .collect(Collectors.joining("; "));
  }
}
