package dev.payledger.ledger.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.testkit.Postgres;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import tools.jackson.databind.JsonNode;

/// The trial balance is exact, shows a difference, and is for operators.
class TrialBalanceIT extends BooksFixture {
  @Autowired private TrialBalance trialBalance;

  @Test
  void trialBalanceIsExactBeyondLong() throws SQLException {
    try (Connection superuser = Postgres.superuser("ledger");
        Statement statement = superuser.createStatement()) {
      JdbcClient sql = JdbcClient.create(new SingleConnectionDataSource(superuser, true));
      superuser.setAutoCommit(false);
      for (String account : List.of("{a}", "{other}")) {
        statement.execute(
            named(
                "UPDATE account SET credits_posted_minor = 9223372036854775807,"
                    + " debits_posted_minor = 9223372036854775807"
                    + " - (credits_posted_minor - debits_posted_minor) WHERE id = "
                    + account,
                "'"));
      }

      assertThat(TrialBalance.of(sql).currencies())
          .anySatisfy(
              currency ->
                  assertThat(new BigInteger(currency.creditsPostedMinor()))
                      .isGreaterThanOrEqualTo(
                          BigInteger.valueOf(Long.MAX_VALUE).multiply(BigInteger.TWO)));
      superuser.rollback();
    }
  }

  @Test
  void theTrialBalanceTellsADifference() throws SQLException {
    try (Connection superuser = Postgres.superuser("ledger");
        Statement statement = superuser.createStatement()) {
      JdbcClient sql = JdbcClient.create(new SingleConnectionDataSource(superuser, true));
      assertThat(TrialBalance.of(sql)).isEqualTo(trialBalance.now());
      assertThat(trialBalance.now().balanced()).isTrue();
      superuser.setAutoCommit(false);

      statement.execute(
          named(
              "UPDATE account SET credits_posted_minor = credits_posted_minor + 7 WHERE id = {a}",
              "'"));
      assertThat(TrialBalance.of(sql).balanced()).isFalse();
      assertThat(TrialBalance.of(sql).currencies())
          .anySatisfy(
              currency -> {
                assertThat(currency.currency()).isEqualTo("EUR");
                assertThat(currency.differenceMinor()).isEqualTo("7");
              });
      superuser.rollback();

      statement.execute(
          named(
              "UPDATE account SET credits_pending_minor = credits_pending_minor + 7 WHERE id = {a}",
              "'"));
      assertThat(TrialBalance.of(sql).balanced()).isFalse();
      superuser.rollback();
    }
  }

  @Test
  void operatorReadsTrialBalanceOfPostedEntries() {
    JsonNode before = eur();
    assertThat(
            transfer(
                    alice(),
                    UUID.randomUUID(),
                    UUID.fromString(rows.get("{a}")),
                    UUID.fromString(rows.get("{b}")),
                    25)
                .status())
        .isEqualTo(201);
    JsonNode after = eur();

    for (String side : List.of("debitsPostedMinor", "creditsPostedMinor")) {
      assertThat(after.get(side).asLong() - before.get(side).asLong()).isEqualTo(25);
    }
    assertThat(after.get("differenceMinor").asLong()).isZero();
    assertThat(after.get("debitsPendingMinor").asLong()).isGreaterThanOrEqualTo(6_000);
    assertThat(after.get("creditsPendingMinor")).isEqualTo(after.get("debitsPendingMinor"));
    assertThat(get("/v1/operator/trial-balance", alice()).status()).isEqualTo(403);
  }

  private JsonNode eur() {
    Answer answer = get("/v1/operator/trial-balance", operator());
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().get("balanced").asBoolean()).isTrue();
    return answer.json().get("currencies").get(0);
  }
}
