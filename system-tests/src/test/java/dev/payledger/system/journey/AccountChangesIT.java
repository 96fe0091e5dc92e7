package dev.payledger.system.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.payledger.system.Stack;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A change of an account whose answer is lost, undone under another key, and asked again.
class AccountChangesIT extends Stack {
  private static final Duration SHORT = Duration.ofMillis(400);
  private static final String SLOW_COMMIT =
      """
      CREATE FUNCTION slow_commit() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_sleep(1.5); RETURN NULL; END $$;
      CREATE CONSTRAINT TRIGGER slow_commit AFTER INSERT ON account_change
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
        WHEN (NEW.account_id = '%s') EXECUTE FUNCTION slow_commit()
      """;

  @ParameterizedTest
  @CsvSource({
    "overdraft, {\"limitMinor\":100000}, overdraft, {\"limitMinor\":0}, OPEN",
    "freeze, {}, unfreeze, {}, OPEN",
    "unfreeze, {}, freeze, {}, FROZEN",
    "close, {}, reopen, {}, OPEN",
    "reopen, {}, close, {}, CLOSED"
  })
  void changeWithALostAnswerHappensOnce(
      String change, String body, String undo, String undoBody, String status) throws SQLException {
    String id = account("alice", 0);
    String path = "/v1/accounts/" + id + "/";
    String key = key();

    superuser(SLOW_COMMIT.formatted(id));
    Answer lost;
    try {
      lost = post(path + change, "operator", key, body, SHORT);
    } finally {
      superuser("DROP FUNCTION slow_commit CASCADE");
    }
    assertThat(lost.text("code")).as(lost.body()).isEqualTo("outcome-unknown");
    done(path + undo, key(), undoBody);
    Answer again = done(path + change, key, body);

    assertThat(again.text("status")).isEqualTo(status);
    assertThat(account(id).get("floorMinor").asLong()).isZero();
    assertThat(
            number(
                "ledger",
                "SELECT count(*) FROM account_change WHERE account_id = ?",
                UUID.fromString(id)))
        .isEqualTo(2);
  }

  /// Asked until it is: the gateway may be slow to give up the first one's claim.
  private static Answer done(String path, String key, String body) {
    return await()
        .atMost(SOON)
        .until(() -> post(path, "operator", key, body), answer -> answer.status() == 200);
  }

  private static void superuser(String sql) throws SQLException {
    try (Connection connection = stack().postgres().superuser("ledger");
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
