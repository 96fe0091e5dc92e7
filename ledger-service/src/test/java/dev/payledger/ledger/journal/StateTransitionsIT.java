package dev.payledger.ledger.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.ledger.command.SagaStep;
import dev.payledger.ledger.plan.TransferState.Status;
import dev.payledger.testkit.Postgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Where a transfer and its saga may go: the code, the database and the page say the same.
class StateTransitionsIT {
  private static final Path PAGE = Path.of("../docs/generated/saga-states.md");
  private static final String TRANSFER = "'22222222-0000-8000-8000-000000000000'";

  private static ScratchDatabase database;

  @BeforeAll
  static void aTransfer() {
    database = new ScratchDatabase("legal_steps");
    database.migrate();
    // Only the steps are looked at: the other laws of the rows are lifted.
    database.superuser(
        """
        INSERT INTO command (id, operation, fingerprint, outcome, decided_at)
          VALUES (%1$s, 'create-transfer', sha256('x'), 'ACCEPTED', now());
        INSERT INTO transfer (id, initiator, by_operator, status, debit_account_id,
            credit_account_id, amount_minor, currency, created_at, expires_at)
          VALUES (%1$s, 'x', false, 'PENDING', gen_random_uuid(), gen_random_uuid(), 1, 'EUR', now(),
            now());
        INSERT INTO saga (transfer_id, step, owner, epoch, due_at)
          VALUES (%1$s, 'SCREEN', 'x', 5, now());
        DO $$
        DECLARE law record;
        BEGIN
          FOR law IN SELECT conrelid::regclass AS of, conname FROM pg_constraint
              WHERE contype = 'c' AND conrelid IN ('transfer'::regclass, 'saga'::regclass) LOOP
            EXECUTE format('ALTER TABLE %%s DROP CONSTRAINT %%I', law.of, law.conname);
          END LOOP;
        END $$
        """
            .formatted(TRANSFER));
  }

  @AfterAll
  static void drop() {
    database.close();
  }

  @Test
  void theDatabaseTakesTheLegalStepsOfATransferAndNoOther() throws SQLException {
    assertThat(taken("transfer", "id", "status", Status.values()))
        .isEqualTo(legal(Status.values(), Status::next));
  }

  @Test
  void theDatabaseTakesTheLegalStepsOfASagaAndNoOther() throws SQLException {
    assertThat(taken("saga", "transfer_id", "step", SagaStep.values()))
        .isEqualTo(legal(SagaStep.values(), SagaStep::next));
  }

  @Test
  void anEpochNeverGoesBack() throws SQLException {
    try (Connection connection = Postgres.superuser(database.name());
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      assertThat(update(statement, "UPDATE saga SET epoch = 6")).isTrue();
      assertThat(update(statement, "UPDATE saga SET epoch = 5")).isFalse();
      connection.rollback();
    }
  }

  @Test
  void aRequestedVoidIsNeverTakenBack() throws SQLException {
    try (Connection connection = Postgres.superuser(database.name());
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      assertThat(update(statement, "UPDATE transfer SET void_requested = true")).isTrue();
      assertThat(update(statement, "UPDATE transfer SET void_requested = false")).isFalse();
      connection.rollback();
    }
  }

  /// Written when it is not as it should be, and then this fails once: look at it and commit it.
  @Test
  void thePageShowsTheStepsAsTheyAre() throws IOException {
    String page =
        """
        # The states of a transfer and its saga

        From `TransferState.java` and `SagaStep.java`; `StateTransitionsIT` writes this page, and tries every other step on the
        database.

        """
            + diagram("A transfer", Status.values(), Status::next)
            + "\n"
            + diagram("Its saga", SagaStep.values(), SagaStep::next);
    boolean isAsItWas = Files.exists(PAGE) && Files.readString(PAGE).equals(page);
    if (!isAsItWas) {
      Files.writeString(PAGE, page);
    }
    assertThat(isAsItWas).as("docs/generated/saga-states.md was as the code says").isTrue();
  }

  @Test
  void theStoryShowsTheSagasSteps() throws IOException {
    String diagram = diagram("Its saga", SagaStep.values(), SagaStep::next);
    assertThat(Files.readString(Path.of("../docs/saga.md")))
        .contains(diagram.substring(diagram.indexOf("```mermaid")));
  }

  private static <S> String diagram(String title, S[] states, Function<S, Set<S>> next) {
    StringBuilder lines = new StringBuilder();
    lines.append("## ").append(title).append("\n\n```mermaid\nstateDiagram-v2\n");
    lines.append("  [*] --> ").append(states[0]).append('\n');
    for (S from : states) {
      if (next.apply(from).isEmpty()) {
        lines.append("  ").append(from).append(" --> [*]\n");
      }
      Arrays.stream(states)
          .filter(next.apply(from)::contains)
          .forEach(to -> lines.append("  ").append(from).append(" --> ").append(to).append('\n'));
    }
    return lines.append("```\n").toString();
  }

  private static <S> Set<String> legal(S[] states, Function<S, Set<S>> next) {
    Set<String> legal = new TreeSet<>();
    for (S from : states) {
      next.apply(from).forEach(to -> legal.add(from + " to " + to));
    }
    return legal;
  }

  /// Every pair is tried, from a row that is put there with the triggers off.
  private static <S> Set<String> taken(String table, String id, String column, S[] states)
      throws SQLException {
    Set<String> taken = new TreeSet<>();
    List<S> all = new ArrayList<>(Arrays.asList(states));
    try (Connection connection = Postgres.superuser(database.name());
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      for (S from : all) {
        for (S to : all) {
          String set =
              "UPDATE " + table + " SET " + column + " = '%s' WHERE " + id + " = " + TRANSFER;
          statement.execute("SET LOCAL session_replication_role = replica");
          statement.execute(set.formatted(from));
          statement.execute("SET LOCAL session_replication_role = origin");
          if (from != to && update(statement, set.formatted(to))) {
            taken.add(from + " to " + to);
          }
          connection.rollback();
        }
      }
    }
    return taken;
  }

  /// Whether the database takes it.
  private static boolean update(Statement statement, String sql) throws SQLException {
    try {
      return statement.executeUpdate(sql) == 1;
    } catch (SQLException e) {
      assertThat(e.getMessage()).contains("takes_legal_steps refused");
      return false;
    }
  }
}
