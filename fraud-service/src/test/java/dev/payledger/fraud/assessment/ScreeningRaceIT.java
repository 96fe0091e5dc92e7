package dev.payledger.fraud.assessment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.payledger.fraud.FraudServer;
import dev.payledger.fraud.blocking.BlockedAccounts;
import dev.payledger.fraud.payee.Payees;
import dev.payledger.fraud.rules.FraudRule;
import dev.payledger.fraud.rules.RuleBook;
import dev.payledger.fraud.rules.RulesProperties;
import dev.payledger.kit.deadline.Deadline;
import dev.payledger.testkit.Postgres;
import dev.payledger.testkit.Seed;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

/// What stays true when many callers come at once.
class ScreeningRaceIT extends FraudServer {
  @Autowired Assessments assessments;
  @Autowired VelocityCounters counters;
  @Autowired Payees payees;
  @Autowired BlockedAccounts blocked;
  @Autowired RulesProperties properties;
  @Autowired TransactionTemplate transaction;
  @Autowired MeterRegistry meters;

  @Test
  void manyCallersOfOneTransferGetOneVerdictAndOneReservation() throws Exception {
    UUID transfer = UUID.randomUUID();
    UUID debit = UUID.randomUUID();

    List<HttpResponse<String>> answers =
        together(Collections.nCopies(64, () -> put(transfer, debit, 1_000)));

    assertThat(answers).allMatch(answer -> answer.statusCode() == 200);
    assertThat(answers.stream().map(HttpResponse::body).distinct()).hasSize(1);
    assertThat(reserved(debit)).containsExactly(1_000L);
  }

  @Test
  void manyBodiesForOneTransferHaveOneWinner() throws Exception {
    UUID transfer = UUID.randomUUID();
    UUID debit = UUID.randomUUID();
    List<Callable<HttpResponse<String>>> calls = new ArrayList<>();
    for (int i = 1; i <= 32; i++) {
      long amountMinor = i;
      calls.add(() -> put(transfer, debit, amountMinor));
    }

    List<Integer> statuses = together(calls).stream().map(HttpResponse::statusCode).toList();

    assertThat(statuses).containsOnlyOnce(200).containsOnly(200, 422);
    assertThat(reserved(debit))
        .singleElement()
        .satisfies(sum -> assertThat(sum).isBetween(1L, 32L));
  }

  @Test
  void transfersCannotPassTheLimitTogether() throws Exception {
    UUID debit = UUID.randomUUID();
    List<Callable<HttpResponse<String>>> calls =
        Collections.nCopies(40, () -> put(UUID.randomUUID(), debit, 100_000));

    List<String> answers = together(calls).stream().map(HttpResponse::body).toList();

    assertThat(answers.stream().filter(body -> body.contains("\"APPROVED\""))).hasSize(25);
    assertThat(answers.stream().filter(body -> body.contains("velocity-window"))).hasSize(15);
    assertThat(reserved(debit)).containsExactly(2_500_000L);
  }

  /// The counter is the sum of what is approved and not released, after any race.
  @Test
  void assessmentAndReleaseOfTheSameTransfersEndInOneOutcomeEach() throws Exception {
    Random random = new Random(Seed.next().value());
    UUID debit = UUID.randomUUID();
    List<UUID> transfers = new ArrayList<>();
    List<Callable<HttpResponse<String>>> calls = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      UUID transfer = UUID.randomUUID();
      transfers.add(transfer);
      calls.add(() -> put(transfer, debit, 1_000));
      calls.add(() -> put(transfer, debit, 1_000));
      if (i % 3 != 0) {
        calls.add(() -> delete(transfer));
        calls.add(() -> delete(transfer));
      }
    }
    Collections.shuffle(calls, random);

    List<HttpResponse<String>> answers = together(calls);

    assertThat(answers).allMatch(answer -> List.of(200, 204, 409).contains(answer.statusCode()));
    assertThat(reserved(debit)).containsExactly(20_000L);
    for (int i = 0; i < transfers.size(); i++) {
      assertThat(put(transfers.get(i), debit, 1_000).statusCode())
          .isEqualTo(i % 3 == 0 ? 200 : 409);
    }
    assertThat(reserved(debit)).containsExactly(20_000L);
  }

  /// With counters locked in the order of the legs, PostgreSQL ends one of two that wait in a circle,
  /// and its caller has no verdict.
  @Test
  void transfersOfManyAccountsInAnyOrderNeverWaitInACircle() throws Exception {
    Random random = new Random(Seed.next().value());
    List<UUID> accounts = Stream.generate(UUID::randomUUID).limit(6).toList();
    Map<UUID, Long> approvedMinor = new HashMap<>();
    List<Callable<HttpResponse<String>>> calls = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      UUID transfer = UUID.randomUUID();
      List<UUID> debits = new ArrayList<>(accounts);
      Collections.shuffle(debits, random);
      List<UUID> some = debits.subList(0, 2 + random.nextInt(accounts.size() - 1));
      boolean isReleased = random.nextBoolean();
      String body =
          body(false, some.stream().map(debit -> leg(debit, CREDIT, 10)).toArray(String[]::new));
      calls.add(() -> put(transfer, body));
      if (isReleased) {
        calls.add(() -> delete(transfer));
      } else {
        some.forEach(debit -> approvedMinor.merge(debit, 10L, Long::sum));
      }
    }
    Collections.shuffle(calls, random);

    List<HttpResponse<String>> answers = together(calls);

    assertThat(answers)
        .allSatisfy(
            answer -> assertThat(answer.statusCode()).as(answer.body()).isIn(200, 204, 409));
    for (UUID account : accounts) {
      assertThat(reserved(account)).containsExactly(approvedMinor.get(account));
    }
  }

  @Test
  void manyAccountsOpenedByManyAtOnceReserveAllOrNothing() throws Exception {
    List<UUID> accounts = Stream.generate(UUID::randomUUID).limit(20).toList();
    List<Callable<HttpResponse<String>>> calls = new ArrayList<>();
    // 50 × 50,000 is each account's limit; 20 × 50,000 is the most that passes at once.
    for (int i = 0; i < 55; i++) {
      List<UUID> order = new ArrayList<>(accounts);
      Collections.shuffle(order, new Random(i));
      String body =
          body(
              false,
              order.stream().map(debit -> leg(debit, CREDIT, 50_000)).toArray(String[]::new));
      calls.add(() -> put(UUID.randomUUID(), body));
    }

    List<String> answers = together(calls).stream().map(HttpResponse::body).toList();

    assertThat(answers.stream().filter(body -> body.contains("\"APPROVED\""))).hasSize(50);
    assertThat(answers.stream().filter(body -> body.contains("velocity-window"))).hasSize(5);
    assertThat(accounts)
        .allSatisfy(account -> assertThat(reserved(account)).containsExactly(2_500_000L));
  }

  @Test
  void countersEqualWhatIsReservedAndNotReleased() throws Exception {
    UUID debit = UUID.randomUUID();
    UUID released = UUID.randomUUID();
    put(UUID.randomUUID(), debit, 1_000);
    put(released, debit, 2_000);
    delete(released);
    UUID inPart = UUID.randomUUID();
    put(inPart, debit, 4_000);
    delete(inPart, "?movedMinor=100");

    try (var connection = Postgres.superuser("fraud");
        var statement = connection.createStatement()) {
      assertThat(countersOff(statement)).isZero();

      connection.setAutoCommit(false);
      statement.execute(
          "UPDATE velocity_counter SET reserved_minor = reserved_minor - 1"
              + " WHERE debit_account_id = '%s'".formatted(debit));
      assertThat(countersOff(statement)).as("a planted difference").isEqualTo(1);
      connection.rollback();
    }
  }

  private static long countersOff(Statement statement) throws SQLException {
    try (var row =
        statement.executeQuery(
            """
            SELECT count(*) FROM velocity_counter c
             WHERE reserved_minor <> (
               SELECT coalesce(sum(CASE WHEN a.released_at IS NULL THEN r.reserved_minor
                   ELSE least(a.moved_minor, r.reserved_minor) END), 0)
                 FROM reservation r JOIN assessment a USING (transfer_id)
                WHERE (r.debit_account_id, r.currency, r.window_starts_at)
                    = (c.debit_account_id, c.currency, c.window_starts_at))
            """)) {
      row.next();
      return row.getLong(1);
    }
  }

  @Test
  void ruleThatThrowsStoresAndReservesNothing() {
    FraudRule broken =
        input -> {
          throw new IllegalStateException("planted");
        };
    Screening screening =
        new Screening(
            assessments,
            counters,
            payees,
            blocked,
            new RuleBook(List.of(broken), 60),
            properties,
            transaction,
            clock,
            meters);
    UUID transfer = UUID.randomUUID();
    UUID debit = UUID.randomUUID();

    assertThatThrownBy(
            () ->
                screening.screen(
                    transfer,
                    new AssessmentRequest("EUR", false, List.of(new Leg(debit, CREDIT, 1))),
                    Deadline.after(Duration.ofSeconds(5))))
        .hasMessage("planted");

    assertThat(query("SELECT 1 FROM assessment WHERE transfer_id = '" + transfer + "'")).isEmpty();
    assertThat(reserved(debit)).isEmpty();
  }

  private static List<HttpResponse<String>> together(List<Callable<HttpResponse<String>>> calls)
      throws Exception {
    try (var threads = Executors.newFixedThreadPool(32)) {
      List<HttpResponse<String>> answers = new ArrayList<>();
      for (Future<HttpResponse<String>> answer : threads.invokeAll(calls)) {
        answers.add(answer.get());
      }
      return answers;
    }
  }
}
