package dev.payledger.ledger.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// How PostgreSQL plans each statement of the journal, on tables of a dozen rows and of 20,000.
/// Under SERIALIZABLE a scan of a whole table locks the whole table: every other transfer in it is
/// then a conflict. The journal's role is set up so that no plan does that.
class JournalPlansIT {
  private static final String[] WHOLE_TABLE_PLANS = {"Seq Scan", "Hash Join", "Merge Join"};

  /// Rows compared with rows, pair by pair: quadratic in the batch.
  private static final String PAIRWISE = "Join Filter";

  private static final Pattern PARAMETER = Pattern.compile(":([a-zA-Z][a-zA-Z0-9]*)");
  private static final String SOME_ID = "'00000000-0000-7000-8000-000000000007'";

  /// What each parameter stands for, and an example.
  private static final Map<String, Parameter> PARAMETERS = parameters();

  /// An index that is read from end to end is no better than the table.
  private static final Pattern WHOLE_INDEX =
      Pattern.compile("Index (?:Only )?Scan using (?!.*\\n\\s+Index Cond).*");

  private static ScratchDatabase empty;
  private static ScratchDatabase tiny;
  private static ScratchDatabase large;

  private record Parameter(String type, String example) {}

  @BeforeAll
  static void fillTheTables() {
    empty = filled("plans_empty", 0);
    tiny = filled("plans_tiny", 12);
    large = filled("plans_large", 20_000);
  }

  @AfterAll
  static void dropThem() {
    empty.close();
    tiny.close();
    large.close();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("statements")
  void everyStatementFindsItsRowsThroughAnIndex(String name, String sql) throws SQLException {
    for (ScratchDatabase database : List.of(empty, tiny, large)) {
      try (Connection journal = database.simply("ledger_journal")) {
        assertThat(genericPlan(journal, sql))
            .as(database.name())
            .doesNotContain(WHOLE_TABLE_PLANS)
            .doesNotContain(PAIRWISE)
            .doesNotContainPattern(WHOLE_INDEX);
        assertThat(plan(journal, sql))
            .as(database.name())
            .doesNotContain(WHOLE_TABLE_PLANS)
            .doesNotContain(PAIRWISE)
            .doesNotContainPattern(WHOLE_INDEX);
      }
    }
  }

  @Test
  void allStatementsOfTheJournalAreLookedAt() {
    assertThat(statements().map(statement -> statement[0]))
        .hasSizeGreaterThan(17)
        .contains("LOCK_ACCOUNTS", "MOVE_ACCOUNTS", "USE_ALLOWANCES", "APPEND");
  }

  @Test
  void aStatementThatReadsAWholeTableIsCaught() throws SQLException {
    for (ScratchDatabase database : List.of(tiny, large)) {
      try (Connection journal = database.simply("ledger_journal")) {
        String planted = "SELECT id FROM transfer WHERE initiator = :reference FOR UPDATE";
        assertThat(genericPlan(journal, planted)).contains("Seq Scan");
        assertThat(plan(journal, planted)).contains("Seq Scan");
      }
    }
  }

  /// Which is what the role's settings are for: left alone, the planner reads a small table whole.
  @Test
  void withoutTheRolesSettingsWholeTablesWouldBeRead() throws SQLException {
    String join = "SELECT t.id FROM transfer t JOIN saga s ON s.transfer_id = t.id";
    try (Connection journal = tiny.simply("ledger_journal")) {
      execute(journal, "SET enable_seqscan = on");
      assertThat(genericPlan(journal, JournalReader.LOCK_ACCOUNTS)).contains("Seq Scan");
      assertThat(plan(journal, JournalReader.LOCK_TRANSFERS)).contains("Seq Scan");
      execute(journal, "SET enable_hashjoin = on");
      assertThat(plan(journal, join)).contains("Hash Join");
      execute(journal, "SET enable_hashjoin = off");
      execute(journal, "SET enable_mergejoin = on");
      assertThat(plan(journal, join)).contains("Merge Join");
    }
  }

  @Test
  void theJournalsRoleIsBoundInTimeAndSerializable() throws SQLException {
    try (Connection journal = tiny.simply("ledger_journal")) {
      assertThat(show(journal, "default_transaction_isolation")).isEqualTo("serializable");
      assertThat(show(journal, "transaction_timeout")).isEqualTo("5s");
      assertThat(show(journal, "idle_in_transaction_session_timeout")).isEqualTo("2s");
      assertThat(show(journal, "lock_timeout")).isEqualTo("250ms");
    }
  }

  /// The plan for any values, which is the one that a prepared statement ends up with.
  private static String genericPlan(Connection connection, String sql) throws SQLException {
    List<String> names = new ArrayList<>();
    String numbered =
        PARAMETER
            .matcher(sql)
            .replaceAll(
                match -> {
                  if (!names.contains(match.group(1))) {
                    names.add(match.group(1));
                  }
                  return Matcher.quoteReplacement(
                      "$%d::%s"
                          .formatted(
                              names.indexOf(match.group(1)) + 1, parameter(match.group(1)).type));
                });
    return explained(connection, "EXPLAIN (GENERIC_PLAN) " + numbered);
  }

  /// The plan for these values, which is the one of a statement's first executions.
  private static String plan(Connection connection, String sql) throws SQLException {
    return explained(
        connection,
        "EXPLAIN "
            + PARAMETER
                .matcher(sql)
                .replaceAll(
                    match ->
                        Matcher.quoteReplacement(
                            parameter(match.group(1)).example
                                + "::"
                                + parameter(match.group(1)).type)));
  }

  private static Parameter parameter(String name) {
    Parameter parameter = PARAMETERS.get(name);
    if (parameter == null) {
      throw new AssertionError("say here what :" + name + " is");
    }
    return parameter;
  }

  private static String explained(Connection connection, String explain) throws SQLException {
    StringBuilder plan = new StringBuilder();
    try (Statement statement = connection.createStatement();
        var row = statement.executeQuery(explain)) {
      while (row.next()) {
        plan.append(row.getString(1)).append('\n');
      }
    }
    assertThat(plan.toString()).contains("cost=");
    return plan.toString();
  }

  private static String show(Connection connection, String setting) throws SQLException {
    try (Statement statement = connection.createStatement();
        var row = statement.executeQuery("SHOW " + setting)) {
      row.next();
      return row.getString(1);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /// Every constant of SQL in the classes that write for the journal.
  static Stream<Object[]> statements() {
    return Stream.of(JournalReader.class, JournalWriter.class, Outbox.class)
        .flatMap(type -> Stream.of(type.getDeclaredFields()))
        .filter(field -> Modifier.isStatic(field.getModifiers()))
        .filter(field -> field.getType() == String.class)
        .map(field -> new Object[] {field.getName(), text(field)});
  }

  private static String text(Field field) {
    try {
      field.setAccessible(true);
      return (String) field.get(null);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  private static ScratchDatabase filled(String name, int rows) {
    ScratchDatabase database = new ScratchDatabase(name);
    database.migrate();
    database.superuser(
        """
        SET session_replication_role = replica;
        CREATE TEMP TABLE n AS SELECT n,
          ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS id,
          ('00000000-0000-7000-8000-' || lpad(to_hex(n + 1), 12, '0'))::uuid AS other
          FROM generate_series(1, %d) n;
        INSERT INTO account (id, owner, name, currency, opened_at)
          SELECT id, 'owner ' || n %% 100, 'x', 'EUR', now() FROM n;
        INSERT INTO command (id, operation, fingerprint, outcome, decided_at)
          SELECT id, 'create-transfer', sha256(id::text::bytea), 'ACCEPTED', now() FROM n;
        INSERT INTO transfer (id, initiator, by_operator, status, debit_account_id,
          credit_account_id, amount_minor, currency, created_at, expires_at)
          SELECT id, 'x', false, 'PENDING', id, other, 10, 'EUR', now(), now() FROM n;
        INSERT INTO transfer_leg (transfer_id, leg, debit_account_id, credit_account_id, amount_minor,
          created_at)
          SELECT id, 1, id, other, 10, now() FROM n;
        INSERT INTO hold (transfer_id, account_id, amount_minor, held_at)
          SELECT id, id, 10, now() FROM n;
        INSERT INTO journal_entry (id, transfer_id, debit_account_id, credit_account_id,
          amount_minor, currency, posted_at)
          SELECT id, id, id, other, 10, 'EUR', now() FROM n;
        INSERT INTO account_line (account_id, seq, entry_id, side, balance_after_minor)
          SELECT id, 1, id, 'DEBIT', 0 FROM n;
        INSERT INTO saga (transfer_id, step, owner, epoch, due_at)
          SELECT id, CASE WHEN n %% 10 = 0 THEN 'SCREEN' ELSE 'DONE' END, 'x', 1, now() FROM n;
        INSERT INTO screening_release (transfer_id, due_at) SELECT id, now() FROM n;
        INSERT INTO offline_allowance (account_id, window_start, used_minor, limit_minor)
          SELECT id, now(), 1, 2 FROM n;
        INSERT INTO owner_offline_allowance (owner, window_start, used_minor, limit_minor)
          SELECT 'owner ' || n, now(), 1, 2 FROM n;
        INSERT INTO blocked_account (account_id, is_blocked, sequence, occurred_at)
          SELECT id, true, 1, now() FROM n;
        INSERT INTO outbox (id, aggregate_type, aggregate_id, aggregate_seq, type, version,
          payload, created_at)
          SELECT id, 'transfer', id, 1, 'x', 1, '{}', now() FROM n;
        ANALYZE;
        """
            .formatted(rows));
    return database;
  }

  private static Map<String, Parameter> parameters() {
    Map<String, Parameter> parameters = new TreeMap<>();
    arrays(
        parameters,
        "uuid",
        SOME_ID,
        List.of(
            "ids",
            "commands",
            "reversed",
            "transfers",
            "accounts",
            "debits",
            "credits",
            "entries",
            "aggregateIds"));
    arrays(
        parameters,
        "bigint",
        "1",
        List.of(
            "amountsMinor",
            "capturedMinor",
            "balancesAfterMinor",
            "limitsMinor",
            "reversingMinor",
            "reversedMinor",
            "capturesWithin",
            "creditsPosted",
            "debitsPosted",
            "creditsPending",
            "debitsPending",
            "lines",
            "versions",
            "changes",
            "floors",
            "floorsBefore",
            "floorsAfter",
            "seqs",
            "aggregateSeqs",
            "eventCounts",
            "epochs"));
    arrays(
        parameters,
        "timestamptz",
        "'2026-11-23T10:00:00Z'",
        List.of(
            "decidedAts",
            "createdAts",
            "expiresAts",
            "finishedAts",
            "heldAts",
            "endedAts",
            "postedAts",
            "lastPostedAts",
            "dueAts",
            "changedAts",
            "windowStarts"));
    arrays(
        parameters,
        "boolean",
        "false",
        List.of("byOperators", "voidsRequested", "closed", "refusals"));
    arrays(
        parameters,
        "integer",
        "1",
        List.of("numbers", "legCounts", "captures", "reversals", "reversedLegs"));
    arrays(
        parameters,
        "text",
        "'{}'",
        List.of(
            "sha256s",
            "operations",
            "kinds",
            "changedBys",
            "statusesBefore",
            "statusesAfter",
            "byOwner",
            "byOwnerBefore",
            "byOwnerAfter",
            "byOperator",
            "byOperatorBefore",
            "byOperatorAfter",
            "outcomes",
            "owners",
            "names",
            "currencies",
            "initiators",
            "statuses",
            "rejections",
            "screenings",
            "references",
            "metadatas",
            "payloads",
            "traceparents",
            "sides",
            "from",
            "to",
            "reasons",
            "types",
            "aggregateTypes"));
    parameters.put("openedAt", new Parameter("timestamptz", "'2026-11-23T10:00:00Z'"));
    parameters.put("dueAt", new Parameter("timestamptz", "'2026-11-23T10:00:00Z'"));
    parameters.put("version", new Parameter("integer", "1"));
    parameters.put("reference", new Parameter("text", "'x'"));
    return parameters;
  }

  private static void arrays(
      Map<String, Parameter> parameters, String type, String example, List<String> names) {
    names.forEach(
        name -> parameters.put(name, new Parameter(type + "[]", "ARRAY[" + example + "]")));
  }
}
