package dev.payledger.system.crash;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.payledger.stack.LocalStack;
import dev.payledger.stack.Service;
import dev.payledger.stack.server.TcpProxy;
import dev.payledger.system.GeneratedPages;
import dev.payledger.system.Stack;
import dev.payledger.system.crash.KeyedRequest.Movement;
import dev.payledger.system.crash.KeyedRequest.Wish;
import dev.payledger.system.crash.RandomFaults.Fault;
import dev.payledger.system.crash.RandomFaults.Victim;
import dev.payledger.testkit.Faults;
import dev.payledger.testkit.Seed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Two gateways and two ledger-services on one database, callers of everything that moves money,
/// and for five minutes one fault after the other. Then every answer that anybody ever got is laid
/// beside the ledger. `-Dminutes=` for another length, `-Dseed=` for the same faults again.
@Faults
class RandomKillsIT extends Stack {
  /// After the end of the last fault, with the time to start what it killed.
  private static final Duration FINAL_WITHIN = Duration.ofSeconds(30);

  private static final int WHOLE_RUN_MINUTES = 5;
  private static final int MINUTES = Integer.getInteger("minutes", WHOLE_RUN_MINUTES);
  private static final int ACCOUNTS = 6;
  private static final long FUNDED_MINOR = 2_200_000;

  private static final Seed SEED = Seed.next();
  private static final RandomGenerator RANDOM = SEED.random();

  /// The second gateway and the second ledger-service.
  private static LocalStack second;

  private static TcpProxy toDatabase;
  private static TcpProxy toDatabaseOfSecond;

  @BeforeAll
  static void twoOfThem() throws IOException {
    LocalStack first = stack();
    toDatabase = TcpProxy.to(first.ports().of(Service.POSTGRES));
    toDatabaseOfSecond = TcpProxy.to(first.ports().of(Service.POSTGRES));
    second = besideTheFirst();
    // Each gateway has a ledger of its own here.
    second.with(Service.GATEWAY, Map.of("LEDGER_URL", second.url(Service.LEDGER).toString()));
    reachDatabaseThrough(second, toDatabaseOfSecond.port());
    reachDatabaseThrough(first, toDatabase.port());
    first.stop(Service.LEDGER);
    for (LocalStack stack : List.of(first, second)) {
      stack.onUnexpectedExit(service -> startAgain(stack, service));
      for (Service service : List.of(Service.LEDGER, Service.GATEWAY)) {
        stack.start(service);
        stack.awaitReady(service);
      }
    }
    for (Service service : Service.ours()) {
      first.archiveClasses(service);
    }
  }

  private static void reachDatabaseThrough(LocalStack stack, int port) {
    stack.with(Service.LEDGER, Map.of("POSTGRES_PORT", Integer.toString(port)));
  }

  private static void startAgain(LocalStack stack, Service service) {
    try {
      stack.start(service);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterAll
  static void oneOfThem() throws IOException {
    second.close();
    stack().onUnexpectedExit(service -> {});
    reachDatabaseThrough(stack(), stack().ports().of(Service.POSTGRES));
    stack().stop(Service.LEDGER);
    toDatabase.close();
    toDatabaseOfSecond.close();
  }

  @Test
  void everyTransferEndsAndEveryAnswerWasTrue() throws Exception {
    List<String> alices = accounts("alice");
    List<String> bobs = accounts("bob");
    List<URI> doors = List.of(stack().url(Service.GATEWAY), second.url(Service.GATEWAY));
    MixedLoad load = new MixedLoad(doors, alices, bobs, ACCOUNTS * FUNDED_MINOR);

    load.start(RANDOM);
    List<Fault> faults = faults().run(RANDOM, Duration.ofMinutes(MINUTES));
    load.stop();
    Instant healed = faults.stream().map(Fault::over).max(Comparator.naturalOrder()).orElseThrow();
    await()
        .pollInterval(Duration.ofMillis(100))
        .atMost(FINAL_WITHIN.minus(Duration.between(healed, Instant.now())))
        .until(() -> load.isSettled() && pendingTransfers() == 0);
    Duration settling = Duration.between(healed, Instant.now());
    assertThat(load.failures()).isEmpty();

    startStoppedServices();
    second.awaitReady(Service.LEDGER);
    second.awaitReady(Service.GATEWAY);
    List<KeyedRequest> requests = load.requests();
    requests.parallelStream().forEach(request -> askOnceMore(request, doors));
    assertThat(requests.stream().flatMap(request -> request.violations().stream())).isEmpty();
    Map<String, Row> ledger = ledger(alices, bobs);
    theAnswersAreTheLedgers(requests, ledger);
    theMoneyIsWhereTheAnswersSay(requests, alices, bobs);
    nothingIsReservedForWhatWasNotPaid();
    checkBooks();
    report(requests, ledger, faults, settling);
  }

  private static List<String> accounts(String owner) {
    return Stream.generate(() -> account(owner, FUNDED_MINOR)).limit(ACCOUNTS).toList();
  }

  private static RandomFaults faults() {
    Victim ledger = new Victim("ledger-service", stack(), Service.LEDGER);
    Victim secondLedger = new Victim("second ledger-service", second, Service.LEDGER);
    Victim gateway = new Victim("gateway", stack(), Service.GATEWAY);
    Victim secondGateway = new Victim("second gateway", second, Service.GATEWAY);
    Victim fraud = new Victim("fraud-service", stack(), Service.FRAUD);
    RandomFaults faults = new RandomFaults();
    for (Victim victim : List.of(ledger, secondLedger, gateway, secondGateway, fraud)) {
      faults.kills(victim);
      faults.sleeps(victim);
    }
    faults.kills(new Victim("outbox-relay", stack(), Service.RELAY));
    faults.kills(new Victim("notify-eu", stack(), Service.NOTIFY_EU));
    faults.cutsOff(ledger, toDatabase);
    faults.cutsOff(secondLedger, toDatabaseOfSecond);
    return faults;
  }

  private static void askOnceMore(KeyedRequest request, List<URI> doors) {
    doors.forEach(door -> assertThat(request.ask(door).isReplayed()).as(request + "").isTrue());
  }

  /// A transfer as the ledger has it.
  private record Row(
      String status, String rejection, long amountMinor, long capturedMinor, long reversedMinor) {}

  private static Map<String, Row> ledger(List<String> alices, List<String> bobs)
      throws SQLException {
    Map<String, Row> rows = new HashMap<>();
    try (Connection connection = stack().postgres().superuser("ledger");
        var statement =
            connection.prepareStatement(
                """
                SELECT id, status, coalesce(rejection, ''), amount_minor, captured_minor, reversed_minor
                  FROM transfer WHERE debit_account_id = ANY (?::uuid[])
                """)) {
      statement.setArray(
          1,
          connection.createArrayOf(
              "uuid", Stream.concat(alices.stream(), bobs.stream()).toArray()));
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          rows.put(
              row.getString(1),
              new Row(
                  row.getString(2),
                  row.getString(3),
                  row.getLong(4),
                  row.getLong(5),
                  row.getLong(6)));
        }
      }
    }
    return rows;
  }

  /// One transfer for each request that makes one and no other, and each as its answers say.
  private static void theAnswersAreTheLedgers(
      List<KeyedRequest> requests, Map<String, Row> ledger) {
    Map<String, List<KeyedRequest>> byTransfer =
        requests.stream().collect(groupingBy(KeyedRequest::transferId));
    assertThat(byTransfer.keySet()).isEqualTo(ledger.keySet());
    Map<String, Long> reversedMinor = new HashMap<>();
    for (KeyedRequest request : requests) {
      if (request.wish() == Wish.REVERSAL && request.isDone()) {
        reversedMinor.merge(request.end().text("reverses"), request.amountMinor(), Long::sum);
      }
    }
    byTransfer.forEach(
        (id, about) -> {
          Row row = ledger.get(id);
          List<KeyedRequest> making =
              about.stream().filter(each -> each.wish().isTransfer()).toList();
          assertThat(making).as(id).hasSize(1);
          KeyedRequest made = making.getFirst();
          assertThat(row)
              .as(() -> id + ": " + about)
              .isEqualTo(
                  new Row(
                      statusByAnswers(made, about),
                      made.isDone() ? "" : made.end().text("code"),
                      made.amountMinor(),
                      about.stream()
                          .flatMap(each -> each.moved().stream())
                          .mapToLong(Movement::amountMinor)
                          .sum(),
                      reversedMinor.getOrDefault(id, 0L)));
        });
  }

  private static String statusByAnswers(KeyedRequest made, List<KeyedRequest> about) {
    if (!made.isDone()) {
      return "REJECTED";
    }
    if (made.wish() != Wish.AUTHORIZATION) {
      return "POSTED";
    }
    assertThat(made.end().text("status")).isEqualTo("HELD");
    // Of those that ended it, one was done; a capture of a part is not an end.
    return about.stream()
        .filter(each -> each != made && each.isDone())
        .map(each -> each.end().text("status"))
        .filter(status -> !status.equals("HELD"))
        .collect(joining(" and "));
  }

  /// Balances, feeds and the sum of all money, counted from the answers alone.
  private static void theMoneyIsWhereTheAnswersSay(
      List<KeyedRequest> requests, List<String> alices, List<String> bobs) {
    Map<String, Long> balanceMinor = new HashMap<>();
    Map<String, Integer> lines = new HashMap<>();
    Stream.concat(alices.stream(), bobs.stream())
        .forEach(
            account -> {
              balanceMinor.put(account, FUNDED_MINOR);
              lines.put(account, 1);
            });
    requests.stream()
        .flatMap(request -> request.moved().stream())
        .forEach(
            movement -> {
              balanceMinor.merge(movement.debit(), -movement.amountMinor(), Long::sum);
              balanceMinor.merge(movement.credit(), movement.amountMinor(), Long::sum);
              lines.merge(movement.debit(), 1, Integer::sum);
              lines.merge(movement.credit(), 1, Integer::sum);
            });
    for (String account : balanceMinor.keySet()) {
      assertThat(balanceMinor(account)).as(account).isEqualTo(balanceMinor.get(account));
      assertThat(account(account).get("heldMinor").asLong()).as(account).isZero();
      awaitFeed(account, alices.contains(account) ? "alice" : "bob", lines.get(account));
    }
    assertThat(
            number(
                "ledger",
                "SELECT sum(credits_posted_minor - debits_posted_minor) FROM account"
                    + " WHERE currency = 'EUR'"))
        .as("sum of all money")
        .isZero();
  }

  /// Fraud screening has heard of every transfer that did not post.
  private static void nothingIsReservedForWhatWasNotPaid() throws SQLException {
    await().atMost(SOON).until(() -> owedReleases() == 0);
    Set<String> unpaid =
        new HashSet<>(
            ids(
                "ledger",
                "SELECT id FROM transfer WHERE captured_minor = 0 AND finished_at IS NOT NULL"));
    List<String> reserved =
        ids("fraud", "SELECT transfer_id FROM assessment WHERE released_at IS NULL");
    assertThat(reserved).isNotEmpty().doesNotContainAnyElementsOf(unpaid);
  }

  private static List<String> ids(String database, String sql) throws SQLException {
    List<String> ids = new ArrayList<>();
    try (Connection connection = stack().postgres().superuser(database);
        var statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        ids.add(row.getString(1));
      }
    }
    return ids;
  }

  private static void report(
      List<KeyedRequest> requests, Map<String, Row> ledger, List<Fault> faults, Duration settling)
      throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("# Random kills");
    lines.add("");
    lines.add(
        "Written by `RandomKillsIT`; [the saga](../saga.md) says what it does. %d minutes, commit %s, seed %d."
            .formatted(MINUTES, GeneratedPages.commit(), SEED.value()));
    lines.add("");
    lines.add("| what | how many |");
    lines.add("| --- | --- |");
    lines.add("| faults | %,d |".formatted(faults.size()));
    lines.add("| requests, each with its key | %,d |".formatted(requests.size()));
    lines.add(
        "| answers to them | %,d |"
            .formatted(requests.stream().mapToInt(KeyedRequest::answerCount).sum()));
    new TreeMap<>(ledger.values().stream().collect(groupingBy(Row::status, counting())))
        .forEach((status, count) -> lines.add("| transfers %s | %,d |".formatted(status, count)));
    lines.add("| transfers not final | 0 |");
    lines.add("| answers that disagree with another or with the ledger | 0 |");
    lines.add(
        "| last fault over to last transfer final, s | %.1f |"
            .formatted(settling.toMillis() / 1e3));
    lines.add("");
    lines.add("| fault | times | slowest recovery, s |");
    lines.add("| --- | --- | --- |");
    new TreeMap<>(faults.stream().collect(groupingBy(Fault::title)))
        .forEach(
            (title, times) ->
                lines.add(
                    "| %s | %d | %.1f |"
                        .formatted(
                            title,
                            times.size(),
                            times.stream()
                                    .mapToLong(fault -> recovery(fault, requests).toMillis())
                                    .max()
                                    .orElseThrow()
                                / 1e3)));
    String page = String.join("\n", lines) + "\n";
    Files.writeString(Path.of("target", "random-kills.md"), page);
    if (MINUTES >= WHOLE_RUN_MINUTES) {
      Files.writeString(GeneratedPages.FOLDER.resolve("random-kills.md"), page);
    }
  }

  /// From the end of the fault until the last request that was open then was answered.
  private static Duration recovery(Fault fault, List<KeyedRequest> requests) {
    return requests.stream()
        .filter(request -> request.askedAt().isBefore(fault.over()))
        .map(request -> Duration.between(fault.over(), request.finalAt().orElseThrow()))
        .max(Comparator.naturalOrder())
        .filter(Duration::isPositive)
        .orElse(Duration.ZERO);
  }
}
