package dev.payledger.ledger.journal;

import static dev.payledger.ledger.journal.JournalInstance.EXTERNAL_EUR;
import static dev.payledger.ledger.journal.JournalInstance.LONG;
import static dev.payledger.ledger.journal.JournalInstance.hold;

import dev.payledger.ledger.command.Fingerprint;
import dev.payledger.ledger.command.JournalCommand;
import dev.payledger.ledger.command.JournalCommand.HoldFunds;
import dev.payledger.ledger.command.JournalCommand.OpenAccount;
import dev.payledger.ledger.command.JournalCommand.PostTransfer;
import dev.payledger.ledger.command.JournalCommand.VoidTransfer;
import dev.payledger.ledger.journal.SerialModel.Answered;
import dev.payledger.ledger.plan.CommandResult;
import dev.payledger.testkit.Postgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// Two ledger instances on one database, and every answer that they gave, for `SerialModel` to
/// judge.
abstract class JournalModelFixture {
  final Queue<Answered> answers = new ConcurrentLinkedQueue<>();
  ScratchDatabase database;
  JournalInstance one;
  JournalInstance two;

  @BeforeEach
  void start() {
    database = new ScratchDatabase("journal_model");
    database.migrate();
    database.noAccountIsBlocked();
    one = new JournalInstance(database.url());
    two = new JournalInstance(database.url());
  }

  @AfterEach
  void stop() {
    one.close();
    two.close();
    database.close();
  }

  UUID opened() {
    UUID id = UUID.randomUUID();
    Fingerprint fingerprint = Fingerprint.of(List.of(id));
    submit(one, new OpenAccount(id, fingerprint, "alice", "Test", "EUR"), null);
    return id;
  }

  void funded(UUID account, long minor) {
    HoldFunds money = hold(EXTERNAL_EUR, account, minor, true);
    submit(one, new PostTransfer(money.id(), 1, 1, null), submit(one, money, null));
  }

  Answered submit(RandomGenerator random, JournalCommand<?> command, Answered after) {
    return submit(random.nextBoolean() ? one : two, command, after);
  }

  Answered submit(JournalInstance ledger, JournalCommand<?> command, Answered after) {
    return record(command, ledger.journal.decide(command, LONG), after);
  }

  Answered record(JournalCommand<?> command, CommandResult<?> decision, Answered after) {
    Answered answer = new Answered(command, decision, after);
    answers.add(answer);
    return answer;
  }

  /// Balance, holds and floor of an account in the database.
  long[] amounts(UUID account) {
    try (Connection connection = Postgres.superuser(database.name());
        Statement statement = connection.createStatement();
        var row =
            statement.executeQuery(
                "SELECT credits_posted_minor - debits_posted_minor, debits_pending_minor,"
                    + " coalesce(floor_minor, 0) FROM account WHERE id = '"
                    + account
                    + "'")) {
      row.next();
      return new long[] {row.getLong(1), row.getLong(2), row.getLong(3)};
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  static VoidTransfer voided(UUID transfer) {
    return new VoidTransfer(UUID.randomUUID(), Fingerprint.of(List.of(transfer)), transfer);
  }
}
