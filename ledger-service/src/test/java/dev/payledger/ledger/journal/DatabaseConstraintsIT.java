package dev.payledger.ledger.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.payledger.ledger.FraudDouble.Mood;
import dev.payledger.ledger.LedgerUnderTest;
import dev.payledger.ledger.account.Account;
import dev.payledger.testkit.Postgres;
import jakarta.persistence.EntityManagerFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.PSQLException;
import org.springframework.beans.factory.annotation.Autowired;

/// What the database refuses, whoever asks: the last wall, which holds when every line of Java is
/// wrong. Each statement runs in a transaction of its own that is rolled back.
class DatabaseConstraintsIT extends LedgerUnderTest {
  private static final String FORBIDDEN = "42501";

  /// Names for the rows that `prepare` writes: two accounts, a command without a transfer, and a
  /// transfer with an entry and its credit line.
  private static final Map<String, String> ROWS =
      Map.of(
          "{debit}", "'dddddddd-0000-7000-8000-000000000000'",
          "{credit}", "'cccccccc-0000-7000-8000-000000000000'",
          "{command}", "'11111111-0000-8000-8000-000000000000'",
          "{transfer}", "'22222222-0000-8000-8000-000000000000'",
          "{entry}", "'33333333-0000-8000-8000-000000000000'");

  /// A row of each table as the journal may write it.
  private static final Map<String, String> LAWFUL_ROWS =
      Map.ofEntries(
          Map.entry(
              "account",
              "id = gen_random_uuid(); owner = 'x'; name = 'x'; currency = 'EUR'; kind = 'CUSTOMER';"
                  + " is_closed = false; floor_minor = 0; credits_posted_minor = 10;"
                  + " debits_posted_minor = 0; credits_pending_minor = 0; debits_pending_minor = 0;"
                  + " opened_at = now()"),
          Map.entry(
              "command",
              "id = gen_random_uuid(); operation = 'create-transfer';"
                  + " fingerprint = decode(repeat('00', 32), 'hex'); outcome = 'ACCEPTED';"
                  + " decided_at = now()"),
          Map.entry(
              "account_change",
              "account_id = {debit}; number = 1; command_id = {command}; change = 'FREEZE';"
                  + " changed_by = 'x'; by_operator = false; reason = 'x'; status_before = 'OPEN';"
                  + " status_after = 'DEBITS_FROZEN'; frozen_by_owner_before = 'NONE';"
                  + " frozen_by_owner_after = 'DEBITS'; frozen_by_operator_before = 'NONE';"
                  + " frozen_by_operator_after = 'NONE'; floor_before_minor = 0;"
                  + " floor_after_minor = 0; changed_at = now()"),
          Map.entry(
              "transfer",
              "id = {command}; initiator = 'x'; by_operator = false; status = 'PENDING';"
                  + " rejection = NULL; screening = 'PENDING'; debit_account_id = {debit};"
                  + " credit_account_id = {credit}; amount_minor = 10; currency = 'EUR';"
                  + " created_at = now(); expires_at = now(); finished_at = NULL"),
          Map.entry(
              "transfer_leg",
              "transfer_id = {transfer}; leg = 1; debit_account_id = {debit};"
                  + " credit_account_id = {credit}; amount_minor = 10; created_at = now()"),
          Map.entry(
              "hold",
              "transfer_id = {transfer}; account_id = {debit}; amount_minor = 10; captured_minor = 0;"
                  + " status = 'HELD'; held_at = now(); ended_at = NULL"),
          Map.entry(
              "journal_entry",
              "id = gen_random_uuid(); transfer_id = {transfer}; number = 2; debit_account_id = {debit};"
                  + " credit_account_id = {credit}; amount_minor = 10; currency = 'EUR';"
                  + " posted_at = now()"),
          Map.entry(
              "account_line",
              "account_id = {debit}; seq = 1; entry_id = {entry}; side = 'DEBIT';"
                  + " balance_after_minor = 0"),
          Map.entry(
              "saga",
              "transfer_id = {transfer}; step = 'SCREEN'; reason = NULL; owner = 'x'; epoch = 1;"
                  + " due_at = now()"),
          Map.entry(
              "offline_allowance",
              "account_id = {debit}; window_start = now(); used_minor = 1; limit_minor = 2"),
          Map.entry(
              "owner_offline_allowance",
              "owner = 'x'; window_start = now(); used_minor = 1; limit_minor = 2"),
          Map.entry(
              "blocked_account",
              "account_id = gen_random_uuid(); is_blocked = true; sequence = 1; occurred_at = now()"),
          Map.entry(
              "outbox",
              "id = gen_random_uuid(); aggregate_type = 'transfer'; aggregate_id = {transfer};"
                  + " aggregate_seq = 1; type = 'x'; version = 1; payload = '{}'; created_at = now()"),
          Map.entry(
              "review_decision",
              "transfer_id = {transfer}; decision = 'APPROVE'; reason = 'x'; decided_by = 'x';"
                  + " decided_at = now()"));

  /// What the journal does not write.
  private static final Set<String> APPLICATIONS_OWN = Set.of("review_decision", "blocked_account");

  private static final String LAWS =
      """
      # table            | unlike the lawful row                          | the law that it breaks
      account            | currency = 'eur'                               | account_currency_is_iso_4217
      account            | kind = 'BANK'                                  | account_kind_is_known
      account            | frozen_by_owner = 'CREDITS'                    | account_owner_freezes_debits
      account            | frozen_by_operator = 'ALL'                     | account_operator_freezes_sides
      account            | change_count = -1                              | account_changes_are_counted
      account            | credits_posted_minor = 20; debits_posted_minor = -1 | account_counters_are_never_negative
      account            | credits_pending_minor = -1                     | account_counters_are_never_negative
      account            | debits_posted_minor = 11                       | account_stays_at_or_above_its_floor
      account            | debits_pending_minor = 11                      | account_stays_at_or_above_its_floor
      account            | floor_minor = -5; debits_posted_minor = 16     | account_stays_at_or_above_its_floor
      account            | credits_pending_minor = 9007199254740992        | account_holds_fit_a_json_integer
      account            | kind = 'SYSTEM'; floor_minor = NULL; debits_pending_minor = 9007199254740992 | account_holds_fit_a_json_integer
      account            | credits_posted_minor = 9007199254740992        | account_balance_fits_a_json_integer
      account            | kind = 'SYSTEM'; floor_minor = NULL; credits_posted_minor = 0; debits_posted_minor = 9007199254740992 | account_balance_fits_a_json_integer
      account            | floor_minor = 1                                | account_floor_is_an_overdraft_limit
      account            | floor_minor = -9007199254740992                | account_floor_is_an_overdraft_limit
      account            | floor_minor = NULL                             | account_without_floor_is_a_system_account
      account            | kind = 'SYSTEM'                                | account_without_floor_is_a_system_account
      account            | is_closed = true                              | account_is_empty_when_closed
      account            | is_closed = true; credits_posted_minor = 0; credits_pending_minor = 1 | account_is_empty_when_closed
      account            | id = {debit}                                   | account_pkey
      command            | operation = 'steal'                            | command_operation_is_known
      command            | outcome = 'PERHAPS'                            | command_outcome_is_known
      command            | fingerprint = decode('00', 'hex')              | command_fingerprint_is_sha_256
      command            | operation = 'capture-transfer'                 | command_about_a_transfer_names_it
      command            | transfer_id = {transfer}                       | command_about_a_transfer_names_it
      command            | operation = 'freeze-account'                   | command_about_an_account_names_it
      command            | account_id = {debit}                           | command_about_an_account_names_it
      command            | operation = 'void-transfer'; outcome = 'REJECTED'; transfer_id = {transfer} | command_that_is_refused_says_why
      command            | operation = 'void-transfer'; rejection = 'not-voidable'; transfer_id = {transfer} | command_that_is_refused_says_why
      command            | operation = 'close-account'; outcome = 'REJECTED'; account_id = {debit} | command_that_is_refused_says_why
      command            | operation = 'close-account'; rejection = 'account-not-empty'; account_id = {debit} | command_that_is_refused_says_why
      command            | rejection = 'not-voidable'                     | command_that_is_refused_says_why
      command            | operation = 'close-account'; account_id = gen_random_uuid() | command_account_id_fkey
      account_change     | change = 'SPEND'                               | account_change_is_known
      account_change     | number = 0                                     | account_change_counts_from_one_command_each
      account_change     | number = -1                                    | account_change_counts_from_one_command_each
      account_change     | command_id = NULL                              | account_change_counts_from_one_command_each
      account_change     | change = 'TRAIL_BEGAN'                         | account_change_counts_from_one_command_each
      account_change     | reason = ''                                    | account_change_gives_a_reason_or_none
      account_change     | command_id = {transfer}; number = 2            | account_change_is_made_by_one_command
      account_change     | account_id = {credit}                          | account_change_pkey
      account_change     | account_id = gen_random_uuid()                 | account_change_account_id_fkey
      command            | operation = 'void-transfer'; transfer_id = gen_random_uuid() | command_transfer_id_fkey
      command            | id = {command}                                 | command_pkey
      transfer           | amount_minor = 0                               | transfer_amount_is_in_range
      transfer           | amount_minor = -10                             | transfer_amount_is_in_range
      transfer           | amount_minor = 9007199254740992                | transfer_amount_is_in_range
      transfer           | status = 'LOST'; finished_at = now()           | transfer_status_is_known
      transfer           | screening = 'MAYBE'                            | transfer_screening_is_known
      transfer           | credit_account_id = {debit}                    | transfer_accounts_must_differ
      transfer           | rejection = 'fraud-declined'                   | transfer_gives_a_reason_when_rejected
      transfer           | status = 'REJECTED'; finished_at = now()       | transfer_gives_a_reason_when_rejected
      transfer           | status = 'POSTED'; captured_minor = 10; finished_at = now() | transfer_is_screened_before_it_is_held_or_posts
      transfer           | status = 'POSTED'; captured_minor = 10; finished_at = now(); screening = 'DECLINED' | transfer_is_screened_before_it_is_held_or_posts
      transfer           | status = 'HELD'; capture_within_s = 60         | transfer_is_screened_before_it_is_held_or_posts
      transfer           | finished_at = now()                            | transfer_is_finished_unless_pending_or_held
      transfer           | status = 'EXPIRED'                             | transfer_is_finished_unless_pending_or_held
      transfer           | status = 'HELD'; screening = 'APPROVED'        | transfer_is_held_for_a_capture_by_request
      transfer           | capture_count = 1                              | transfer_is_held_for_a_capture_by_request
      transfer           | capture_within_s = 0                           | transfer_is_held_for_a_capture_by_request
      transfer           | status = 'HELD'; screening = 'APPROVED'; capture_within_s = 60; captured_minor = 11 | transfer_is_never_captured_beyond_its_amount
      transfer           | status = 'HELD'; screening = 'APPROVED'; capture_within_s = 60; captured_minor = -1 | transfer_is_never_captured_beyond_its_amount
      transfer           | status = 'HELD'; screening = 'APPROVED'; capture_within_s = 60; captured_minor = 10 | transfer_is_held_while_something_is_left
      transfer           | status = 'POSTED'; screening = 'APPROVED'; capture_within_s = 60; finished_at = now() | transfer_is_captured_when_it_posts
      transfer           | status = 'POSTED'; screening = 'APPROVED'; captured_minor = 9; finished_at = now() | transfer_is_captured_at_once_unless_by_request
      transfer           | status = 'EXPIRED'; captured_minor = 1; finished_at = now() | transfer_is_captured_at_once_unless_by_request
      transfer           | capture_within_s = 60; captured_minor = 1      | transfer_is_not_captured_before_it_is_screened
      transfer           | refused = true                                 | transfer_is_refused_only_when_rejected
      transfer           | capture_within_s = 60; capture_count = 101     | transfer_has_no_more_captures_than_allowed
      transfer           | capture_within_s = 60; capture_count = -1      | transfer_has_no_more_captures_than_allowed
      transfer           | reversal_count = 101                           | transfer_has_no_more_reversals_than_allowed
      transfer           | reversal_count = -1                            | transfer_has_no_more_reversals_than_allowed
      transfer           | status = 'POSTED'; screening = 'APPROVED'; captured_minor = 10; finished_at = now(); void_requested = true | transfer_to_be_voided_is_never_held_or_posted
      transfer           | status = 'HELD'; screening = 'APPROVED'; capture_within_s = 60; void_requested = true | transfer_to_be_voided_is_never_held_or_posted
      transfer           | leg_count = 51                                 | transfer_with_legs_is_captured_at_once
      transfer           | leg_count = 0                                  | transfer_with_legs_is_captured_at_once
      transfer           | leg_count = 2; capture_within_s = 60           | transfer_with_legs_is_captured_at_once
      transfer           | reversing_minor = 1                            | transfer_is_never_reversed_beyond_its_capture
      transfer           | reversed_minor = -1; reversing_minor = 1       | transfer_is_never_reversed_beyond_its_capture
      transfer           | status = 'POSTED'; screening = 'APPROVED'; captured_minor = 10; finished_at = now(); reversed_minor = 6; reversing_minor = 5 | transfer_is_never_reversed_beyond_its_capture
      transfer           | status = 'POSTED'; screening = 'APPROVED'; captured_minor = 10; finished_at = now(); reversed_minor = 1; reverses = {transfer}; reverses_leg = 1 | transfer_that_reverses_is_not_reversed
      transfer_leg       | leg = 0                                        | transfer_leg_counts_from_one
      transfer_leg       | leg = 51                                       | transfer_leg_counts_from_one
      transfer_leg       | amount_minor = 0                               | transfer_leg_amount_is_in_range
      transfer_leg       | reversed_minor = 6; reversing_minor = 5        | transfer_leg_is_never_reversed_beyond_its_amount
      transfer_leg       | reversed_minor = -1                            | transfer_leg_is_never_reversed_beyond_its_amount
      transfer_leg       | reversed_minor = 1; reversing_minor = -1       | transfer_leg_is_never_reversed_beyond_its_amount
      transfer           | allowance_window_start = now()                 | transfer_uses_an_allowance_when_it_is_not_screened
      transfer           | reverses_leg = 1                               | transfer_names_the_leg_that_it_reverses
      transfer           | reverses = {transfer}                          | transfer_names_the_leg_that_it_reverses
      transfer_leg       | amount_minor = 9007199254740992                | transfer_leg_amount_is_in_range
      transfer_leg       | transfer_id = gen_random_uuid()                | transfer_leg_transfer_id_fkey
      transfer           | reverses = gen_random_uuid(); reverses_leg = 1 | transfer_reverses_fkey
      transfer           | id = gen_random_uuid()                         | transfer_id_fkey
      transfer           | id = {transfer}                                | transfer_pkey
      hold               | amount_minor = 0                               | hold_amount_is_in_range
      hold               | captured_minor = 11                            | hold_is_never_captured_beyond_its_amount
      hold               | captured_minor = -1                            | hold_is_never_captured_beyond_its_amount
      hold               | status = 'LENT'; ended_at = now()              | hold_status_is_known
      hold               | status = 'VOIDED'                              | hold_ends_once
      hold               | ended_at = now()                               | hold_ends_once
      journal_entry      | amount_minor = 0                               | journal_entry_amount_is_in_range
      journal_entry      | amount_minor = -10                             | journal_entry_amount_is_in_range
      journal_entry      | amount_minor = 9007199254740992                | journal_entry_amount_is_in_range
      journal_entry      | credit_account_id = {debit}                    | journal_entry_accounts_must_differ
      journal_entry      | number = 1                                     | journal_entry_posts_a_leg_or_capture_once
      journal_entry      | currency = 'USD'                               | journal_entry_debits_an_account_of_its_currency
      journal_entry      | credit_account_id = 'e0000000-0000-7000-8000-000000000840' | journal_entry_credits_an_account_of_its_currency
      journal_entry      | credit_account_id = gen_random_uuid()          | journal_entry_credits_an_account_of_its_currency
      journal_entry      | transfer_id = gen_random_uuid()                | journal_entry_transfer_id_fkey
      account_line       | seq = 0                                        | account_line_counts_from_one
      account_line       | side = 'LEFT'                                  | account_line_side_is_known
      account_line       | side = 'CREDIT'                                | account_line_shows_an_entry_once_per_side
      account_line       | account_id = {credit}                          | account_line_pkey
      saga               | step = 'WAIT'                                  | saga_step_is_known
      saga               | step = 'COMPENSATE'                            | saga_compensates_for_a_reason
      saga               | parked_at = now(); failures = 1                | saga_is_parked_for_a_failure
      saga               | parked_at = now(); failure = 'x'               | saga_is_parked_for_a_failure
      offline_allowance  | used_minor = 3                                 | offline_allowance_is_never_exceeded
      offline_allowance  | used_minor = -1                                | offline_allowance_is_never_exceeded
      owner_offline_allowance | used_minor = 3                            | owner_offline_allowance_is_never_exceeded
      owner_offline_allowance | used_minor = -1                           | owner_offline_allowance_is_never_exceeded
      review_decision    | decision = 'PERHAPS'                           | review_decision_is_known
      review_decision    | reason = ''                                    | review_decision_gives_a_reason
      blocked_account    | sequence = -1                                  | blocked_account_sequence_is_never_negative
      blocked_account    | account_id = '00000000-0000-0000-0000-000000000000' | blocked_account_of_zeros_is_not_blocked
      outbox             | aggregate_type = 'weather'                     | outbox_aggregate_type_is_known
      outbox             | aggregate_seq = 7                              | outbox_numbers_an_aggregate_once
      """;

  @Autowired private EntityManagerFactory entities;

  @ParameterizedTest(name = "{0}: {1}: {2}")
  @MethodSource("laws")
  void aRowThatBreaksALawIsRefusedByItsName(String table, String unlike, String law)
      throws SQLException {
    assertThat(constraintBroken(table, unlike)).isEqualTo(law);
  }

  @ParameterizedTest
  @MethodSource("tables")
  void theLawfulRowIsTaken(String table) throws SQLException {
    assertThat(constraintBroken(table, "")).isEqualTo("none");
  }

  @Test
  void everyCheckOfTheSchemaIsBrokenByARowOfTheTable() throws SQLException {
    Set<String> broken = new TreeSet<>();
    laws().forEach(law -> broken.add(law[2].toString()));
    Set<String> checks = new TreeSet<>();
    try (Connection owner = as("ledger_owner");
        Statement statement = owner.createStatement();
        var row =
            statement.executeQuery(
                "SELECT conname FROM pg_constraint WHERE contype = 'c'"
                    + " AND connamespace = 'public'::regnamespace")) {
      while (row.next()) {
        checks.add(row.getString(1));
      }
    }

    assertThat(checks).hasSizeGreaterThan(25);
    assertThat(broken).containsAll(checks);
  }

  @Test
  void moneyThatIsNotThereCannotBeDebitedOrHeld() throws SQLException {
    UUID a = account("alice", 1_000);

    for (String column : List.of("debits_posted_minor", "debits_pending_minor")) {
      String debit = "UPDATE account SET " + column + " = " + column + " + 1001 WHERE id = '" + a;
      assertThat(refusal("ledger_journal", debit + "'").getServerErrorMessage().getConstraint())
          .isEqualTo("account_stays_at_or_above_its_floor");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ledger_journal", "ledger_app", "ledger_relay"})
  void noRoleOfTheServicesMayRewriteHistory(String role) throws SQLException {
    somePast();
    for (String rewrite : rewrites()) {
      PSQLException refusal = refusal(role, rewrite);
      assertThat(refusal.getSQLState()).as(rewrite).isEqualTo(FORBIDDEN);
      assertThat(refusal.getMessage()).contains("permission denied");
    }
  }

  /// The owner passes by every grant; the triggers are for it and for the day of a careless GRANT.
  @ParameterizedTest
  @ValueSource(strings = {"ledger_owner", "postgres"})
  void historyRefusesEvenItsOwner(String role) throws SQLException {
    somePast();
    for (String rewrite : rewrites()) {
      PSQLException refusal = refusal(role, rewrite);
      assertThat(refusal.getSQLState()).as(rewrite).isEqualTo(FORBIDDEN);
      assertThat(refusal.getMessage()).contains("refused: history is append-only");
    }
  }

  @Test
  void theApplicationWritesNoColumnOfAnAccount() throws SQLException {
    List<String> columns = columnsOf("account");
    assertThat(columns)
        .contains(
            "credits_posted_minor", "floor_minor", "status", "is_closed", "frozen_by_operator");

    for (String column : columns) {
      String update = "UPDATE account SET " + column + " = DEFAULT";
      assertThat(refusal("ledger_app", update).getSQLState()).as(column).isEqualTo(FORBIDDEN);
    }
  }

  @Test
  void theJournalChangesNoAccountsIdentity() throws SQLException {
    for (String column : List.of("name", "owner", "currency", "kind", "opened_at")) {
      String update = "UPDATE account SET " + column + " = " + column;
      assertThat(refusal("ledger_journal", update).getSQLState()).isEqualTo(FORBIDDEN);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "account",
    "account_change",
    "command",
    "transfer",
    "transfer_leg",
    "hold",
    "journal_entry",
    "account_line",
    "outbox",
    "saga",
    "offline_allowance",
    "owner_offline_allowance"
  })
  void theApplicationCreatesNoRowThatMoneyDependsOn(String table) throws SQLException {
    PSQLException refusal = refusal("ledger_app", insert(table, ""));

    assertThat(refusal.getSQLState()).isEqualTo(FORBIDDEN);
  }

  @Test
  void theApplicationMovesNoTransferAndEndsNoHold() throws SQLException {
    for (String update :
        List.of(
            "UPDATE transfer SET status = 'POSTED'",
            "UPDATE transfer SET amount_minor = 1",
            "UPDATE hold SET status = 'VOIDED'",
            "UPDATE hold SET amount_minor = 1",
            "UPDATE saga SET step = 'DONE'",
            "UPDATE offline_allowance SET used_minor = 0",
            "UPDATE owner_offline_allowance SET used_minor = 0",
            "DELETE FROM hold",
            "DELETE FROM account",
            "DELETE FROM transfer")) {
      assertThat(refusal("ledger_app", update).getSQLState()).as(update).isEqualTo(FORBIDDEN);
    }
  }

  @Test
  void jpaWritesNoAccount() {
    EntityPersister account =
        entities
            .unwrap(SessionFactoryImplementor.class)
            .getMappingMetamodel()
            .getEntityDescriptor(Account.class);

    assertThat(account.isMutable()).isFalse();
  }

  private void somePast() {
    UUID a = account("alice", 10);
    for (String change : List.of("freeze", "unfreeze")) {
      assertThat(post("/v1/accounts/" + a + "/" + change, alice(), UUID.randomUUID(), "").status())
          .isEqualTo(200);
    }
    String leg = "{\"debitAccountId\":\"%s\",\"creditAccountId\":\"%s\",\"amountMinor\":5}";
    UUID b = account("bob", 20_000);
    FRAUD.become(Mood.FAILS);
    UUID waiting = UUID.randomUUID();
    assertThat(transfer(bob(), waiting, b, a, 9_000).status()).isEqualTo(202);
    assertThat(
            post(
                    "/v1/operator/held-transfers/" + transferOf("bob", waiting) + "/review",
                    operator(),
                    UUID.randomUUID(),
                    "{\"decision\":\"REJECT\",\"reason\":\"x\"}")
                .status())
        .isEqualTo(200);
    FRAUD.become(Mood.APPROVES);
    String legs = leg.formatted(a, b) + "," + leg.formatted(a, account("carol", 0));
    assertThat(
            post(
                    "/v1/transfers",
                    alice(),
                    UUID.randomUUID(),
                    "{\"legs\":[" + legs + "],\"currency\":\"EUR\"}")
                .status())
        .isEqualTo(201);
  }

  /// TRUNCATE names what refers to the table too: otherwise the foreign key refuses first.
  private static List<String> rewrites() {
    List<String> rewrites = new ArrayList<>();
    Map.of(
            "journal_entry", "amount_minor",
            "account_line", "balance_after_minor",
            "command", "outcome",
            "transfer_leg", "amount_minor",
            "review_decision", "decision",
            "account_change", "reason",
            "outbox", "payload")
        .forEach(
            (table, column) -> {
              rewrites.add("UPDATE " + table + " SET " + column + " = " + column);
              rewrites.add("DELETE FROM " + table);
              rewrites.add("TRUNCATE " + table + " CASCADE");
            });
    return rewrites;
  }

  private static PSQLException refusal(String role, String sql) throws SQLException {
    PSQLException refusal = refusalOrNull(role, sql);
    assertThat(refusal != null).as(role + " is refused: " + sql).isTrue();
    return refusal;
  }

  private static PSQLException refusalOrNull(String role, String sql) throws SQLException {
    try (Connection connection = role.equals("postgres") ? Postgres.superuser("ledger") : as(role);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      PSQLException refusal =
          catchThrowableOfType(PSQLException.class, () -> statement.execute(sql));
      connection.rollback();
      return refusal;
    }
  }

  /// As the journal's role: what it is allowed to write at all, the laws still refuse. Decisions of a
  /// review are not its own.
  private static String constraintBroken(String table, String unlike) throws SQLException {
    try (Connection journal =
            APPLICATIONS_OWN.contains(table) ? Postgres.superuser("ledger") : as("ledger_journal");
        Statement statement = journal.createStatement()) {
      journal.setAutoCommit(false);
      for (String sql :
          List.of(
              insert("account", "id = {debit}"),
              insert("account", "id = {credit}"),
              insert("command", "id = {command}"),
              insert("command", "id = {transfer}"),
              insert("transfer", "id = {transfer}"),
              insert("account_change", "account_id = {credit}; command_id = {transfer}"),
              insert("journal_entry", "id = {entry}; number = 1"),
              insert("account_line", "account_id = {credit}; side = 'CREDIT'"),
              insert("outbox", "aggregate_seq = 7"))) {
        statement.execute(sql);
      }
      PSQLException refusal =
          catchThrowableOfType(PSQLException.class, () -> statement.execute(insert(table, unlike)));
      journal.rollback();
      return refusal == null
          ? "none"
          : Objects.requireNonNull(refusal.getServerErrorMessage()).getConstraint();
    }
  }

  private static String insert(String table, String unlike) {
    Map<String, String> row = assignments(LAWFUL_ROWS.get(table));
    row.putAll(assignments(unlike));
    String sql =
        "INSERT INTO %s (%s) VALUES (%s)"
            .formatted(table, String.join(", ", row.keySet()), String.join(", ", row.values()));
    for (var named : ROWS.entrySet()) {
      sql = sql.replace(named.getKey(), named.getValue());
    }
    return sql;
  }

  private static Map<String, String> assignments(String text) {
    Map<String, String> row = new LinkedHashMap<>();
    for (String assignment : text.split(";")) {
      if (!assignment.isBlank()) {
        String[] sides = assignment.trim().split(" = ", 2);
        row.put(sides[0], sides[1]);
      }
    }
    return row;
  }

  private static List<String> columnsOf(String table) throws SQLException {
    List<String> columns = new ArrayList<>();
    try (Connection owner = as("ledger_owner");
        var row = owner.getMetaData().getColumns(null, "public", table, "%")) {
      while (row.next()) {
        columns.add(row.getString("COLUMN_NAME"));
      }
    }
    return columns;
  }

  static Stream<Object[]> laws() {
    return LAWS.lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.trim().split("\\s*\\|\\s*"));
  }

  static Set<String> tables() {
    return LAWFUL_ROWS.keySet();
  }
}
