package dev.payledger.fraud.assessment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.payledger.fraud.FraudServer;
import dev.payledger.testkit.Postgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the database refuses by itself, whatever the application sends.
class SchemaIT extends FraudServer {
  private final UUID transfer = UUID.randomUUID();
  private final UUID declined = UUID.randomUUID();
  private final UUID debit = UUID.randomUUID();
  private final UUID other = UUID.randomUUID();

  @BeforeEach
  void oneTransferIsApprovedAndOneDeclined() {
    put(transfer, debit, 1_000);
    put(declined, debit, 1_000_001);
    put(UUID.randomUUID(), other, 1_000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE assessment SET verdict = 'DECLINED' WHERE transfer_id = '{transfer}'",
        "UPDATE assessment_leg SET amount_minor = 1 WHERE transfer_id = '{transfer}'",
        "DELETE FROM assessment_leg WHERE transfer_id = '{transfer}'",
        "UPDATE reservation SET reserved_minor = 1 WHERE transfer_id = '{transfer}'",
        "UPDATE assessment_rule SET points = 1 WHERE transfer_id = '{declined}'",
        "DELETE FROM assessment_rule WHERE transfer_id = '{declined}'",
        "DELETE FROM payee",
        "UPDATE review SET amount_minor = 1",
        "DELETE FROM review",
        "UPDATE review_decision SET decision = 'CLEARED'",
        "DELETE FROM review_decision",
        "DELETE FROM dead_letter",
        "DELETE FROM reservation WHERE transfer_id = '{transfer}'",
        "DELETE FROM assessment WHERE transfer_id = '{transfer}'",
        "TRUNCATE assessment",
        "UPDATE velocity_counter SET limit_minor = 9 WHERE debit_account_id = '{debit}'",
        "DELETE FROM velocity_counter WHERE debit_account_id = '{debit}'",
        "UPDATE blocked_account SET sequence = 2",
        "UPDATE blocked_account_change SET reason = 'r'",
        "DELETE FROM blocked_account_change",
        "CREATE TABLE more (id int)"
      })
  void applicationRoleMayNot(String sql) {
    assertThatThrownBy(() -> asApplication(sql)).hasMessageContaining("permission denied");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          UPDATE velocity_counter SET reserved_minor = -1 WHERE debit_account_id = '{debit}' | velocity_counter_stays_within_its_limit
          UPDATE velocity_counter SET reserved_minor = 2500001 WHERE debit_account_id = '{debit}' | velocity_counter_stays_within_its_limit
          INSERT INTO assessment (transfer_id) VALUES (gen_random_uuid()) | assessment_is_a_verdict_or_a_bare_tombstone
          UPDATE assessment SET moved_minor = 1 WHERE transfer_id = '{transfer}' | assessment_has_moved_when_it_is_released
          UPDATE assessment SET moved_minor = -1, released_at = now() WHERE transfer_id = '{transfer}' | assessment_moved_minor_is_in_range
          INSERT INTO assessment (transfer_id, released_at) VALUES ('{transfer}', now()) | assessment_is_one_per_transfer
          INSERT INTO assessment (transfer_id, released_at, verdict) VALUES (gen_random_uuid(), now(), 'APPROVED') | assessment_is_a_verdict_or_a_bare_tombstone
          INSERT INTO assessment SELECT gen_random_uuid(), 0, currency, false, verdict, assessed_at, NULL, score, decline_score FROM assessment WHERE transfer_id = '{transfer}' | assessment_amount_is_positive_and_exact_in_json
          INSERT INTO assessment SELECT gen_random_uuid(), 1, currency, false, 'MAYBE', assessed_at, NULL, score, decline_score FROM assessment WHERE transfer_id = '{transfer}' | assessment_verdict_is_known
          INSERT INTO assessment SELECT gen_random_uuid(), 1, currency, false, 'DECLINED', assessed_at, NULL, 59, 60 FROM assessment WHERE transfer_id = '{transfer}' | assessment_declines_exactly_from_its_decline_score
          INSERT INTO assessment SELECT gen_random_uuid(), 1, currency, false, 'APPROVED', assessed_at, NULL, 60, 60 FROM assessment WHERE transfer_id = '{transfer}' | assessment_declines_exactly_from_its_decline_score
          INSERT INTO assessment SELECT gen_random_uuid(), 1, currency, false, 'APPROVED', assessed_at, NULL, 0, 60 FROM assessment WHERE transfer_id = '{transfer}' | assessment_is_the_sum_of_its_legs
          INSERT INTO assessment SELECT gen_random_uuid(), 1, currency, false, 'DECLINED', assessed_at, NULL, 101, 60 FROM assessment WHERE transfer_id = '{transfer}' | assessment_score_is_within_bounds
          INSERT INTO assessment_rule VALUES ('{transfer}', 0, 'new-payee', 1, 'w') | assessment_score_is_that_of_its_rules
          INSERT INTO assessment_rule VALUES ('{transfer}', 0, 'new-payee', 0, 'w') | assessment_rule_points_are_within_bounds
          INSERT INTO assessment_rule VALUES ('{transfer}', 0, 'NEW', 1, 'w') | assessment_rule_is_named
          INSERT INTO assessment_rule VALUES ('{declined}', 5, 'amount-threshold', 1, 'w') | assessment_rule_fires_once
          INSERT INTO assessment_rule VALUES ('{declined}', 0, 'new-payee', 1, 'w') | assessment_rule_has_a_place
          INSERT INTO assessment_rule VALUES (gen_random_uuid(), 0, 'new-payee', 1, 'w') | assessment_rule_belongs_to_an_assessment
          INSERT INTO review VALUES (gen_random_uuid(), 'EUR', 0, now(), now()) | review_amount_is_positive_and_exact_in_json
          INSERT INTO review_decision VALUES (gen_random_uuid(), 'FRAUD', 'n', 'w', now()) | review_decision_is_on_a_review
          INSERT INTO review_decision VALUES (gen_random_uuid(), 'MAYBE', 'n', 'w', now()) | review_decision_is_known
          INSERT INTO review_decision VALUES (gen_random_uuid(), 'FRAUD', '', 'w', now()) | review_decision_has_a_reason
          INSERT INTO review_decision VALUES (gen_random_uuid(), 'FRAUD', 'n', '', now()) | review_decision_has_somebody
          INSERT INTO payee VALUES ('{debit}', '{debit}', 0) | payee_amount_is_positive
          INSERT INTO payee VALUES ('{debit}', '{debit}', 1, '{}', now()) | payee_has_a_first_payment_when_one_counts
          INSERT INTO payee SELECT '{debit}', '{debit}', 1, array_agg(gen_random_uuid()), now() FROM generate_series(1, 21) | payee_counts_twenty_payments_at_most
          INSERT INTO blocked_account VALUES ('{debit}', 1) | blocked_account_is_blocked_by_a_change
          INSERT INTO blocked_account_change VALUES (DEFAULT, '{debit}', 0, true, 'r', 'w', now()) | blocked_account_change_counts_from_one
          INSERT INTO blocked_account_change VALUES (DEFAULT, '{debit}', 1, true, '', 'w', now()) | blocked_account_change_has_a_reason
          INSERT INTO blocked_account_change VALUES (DEFAULT, '{debit}', 1, true, 'r', '', now()) | blocked_account_change_has_somebody
          INSERT INTO blocked_account_change VALUES (DEFAULT, '00000000-0000-0000-0000-000000000000', 1, true, 'r', 'w', now()) | blocked_account_change_is_not_of_the_end_of_the_list
          INSERT INTO assessment_leg VALUES ('{transfer}', 1, '{debit}', '{debit}', 1) | assessment_is_the_sum_of_its_legs
          INSERT INTO assessment_leg VALUES ('{transfer}', 1, '{debit}', '{debit}', 0) | assessment_leg_amount_is_positive_and_exact_in_json
          INSERT INTO assessment_leg VALUES ('{transfer}', 50, '{debit}', '{debit}', 1) | assessment_leg_is_one_of_fifty
          INSERT INTO assessment_leg VALUES ('{transfer}', 0, '{debit}', '{debit}', 1) | assessment_leg_has_a_place
          INSERT INTO assessment_leg VALUES (gen_random_uuid(), 0, '{debit}', '{debit}', 1) | assessment_leg_belongs_to_an_assessment
          INSERT INTO reservation SELECT '{transfer}', '{other}', currency, window_starts_at, 1 FROM velocity_counter WHERE debit_account_id = '{other}' | assessment_reserves_all_or_nothing
          INSERT INTO reservation SELECT '{declined}', '{debit}', currency, window_starts_at, 1000001 FROM velocity_counter WHERE debit_account_id = '{debit}' | assessment_reserves_when_it_approves
          INSERT INTO reservation VALUES ('{declined}', '{debit}', 'EUR', now(), 1) | reservation_is_on_an_open_counter
          INSERT INTO reservation SELECT '{declined}', '{debit}', currency, window_starts_at, 0 FROM velocity_counter WHERE debit_account_id = '{debit}' | reservation_is_positive
          INSERT INTO reservation SELECT '{transfer}', '{debit}', currency, window_starts_at, 1 FROM velocity_counter WHERE debit_account_id = '{debit}' | reservation_is_one_per_transfer_and_account
          INSERT INTO reservation SELECT gen_random_uuid(), '{debit}', currency, window_starts_at, 1 FROM velocity_counter WHERE debit_account_id = '{debit}' | reservation_belongs_to_an_assessment
          """)
  void lawIsNamed(String sql, String law) {
    assertThatThrownBy(() -> asApplication(sql)).hasMessageContaining(law);
  }

  @Test
  void releaseIsMarkedOnceOnly() throws SQLException {
    String release =
        "UPDATE assessment SET released_at = now() WHERE transfer_id = '%s' AND released_at IS NULL"
            .formatted(declined);

    assertThat(asApplication(release)).isEqualTo(1);
    assertThat(asApplication(release)).isZero();
  }

  private int asApplication(String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(
                Postgres.address().url("fraud"), "fraud_app", "fraud-app-demo");
        var statement = connection.createStatement()) {
      return statement.executeUpdate(
          sql.replace("{transfer}", transfer.toString())
              .replace("{declined}", declined.toString())
              .replace("{debit}", debit.toString())
              .replace("{other}", other.toString()));
    }
  }
}
