package dev.payledger.ledger.journal;

import static dev.payledger.ledger.journal.JournalInstance.EXTERNAL_EUR;
import static dev.payledger.ledger.journal.JournalInstance.hold;
import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.ledger.audit.AuditedBooks;
import dev.payledger.ledger.command.AccountChange;
import dev.payledger.ledger.command.Fingerprint;
import dev.payledger.ledger.command.JournalCommand;
import dev.payledger.ledger.command.JournalCommand.CaptureHold;
import dev.payledger.ledger.command.JournalCommand.ChangeAccount;
import dev.payledger.ledger.command.JournalCommand.ExpireHold;
import dev.payledger.ledger.command.JournalCommand.HoldFunds;
import dev.payledger.ledger.command.JournalCommand.HoldOutcome;
import dev.payledger.ledger.command.JournalCommand.OfflineAllowance;
import dev.payledger.ledger.command.JournalCommand.OpenBatch;
import dev.payledger.ledger.command.JournalCommand.PostOutcome.CannotPost;
import dev.payledger.ledger.command.JournalCommand.PostTransfer;
import dev.payledger.ledger.command.JournalCommand.StartCompensation;
import dev.payledger.ledger.command.JournalCommand.VoidHold;
import dev.payledger.ledger.command.Sides;
import dev.payledger.ledger.journal.SerialModel.Answered;
import dev.payledger.ledger.money.Leg;
import dev.payledger.ledger.money.RejectionReason;
import dev.payledger.testkit.Seed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// Two instances, many callers, twenty thousand commands: one thread would have given the same
/// answers.
class JournalModelIT extends JournalModelFixture {
  private static final int COMMANDS = 20_000;
  private static final int CALLERS = 48;
  private static final int ACCOUNTS = 12;

  /// The account's decides: which of an owner's accounts was first is in no answer.
  private static final OfflineAllowance ALLOWANCE =
      new OfflineAllowance(Instant.parse("2026-11-23T10:00:00Z"), 5_000, Integer.MAX_VALUE);

  @Test
  void twoInstancesUnderLoadAnswerAsOneThreadWould() throws Exception {
    Seed seed = Seed.next();
    List<UUID> accounts = new ArrayList<>();
    for (int i = 0; i < ACCOUNTS; i++) {
      accounts.add(opened());
      funded(accounts.get(i), 10_000);
    }
    List<Answered> expiring = new ArrayList<>();
    for (int i = 0; i < ACCOUNTS; i++) {
      expiring.add(heldForASecond(accounts.get(i), accounts.get((i + 1) % ACCOUNTS)));
    }
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (int caller = 0; caller < CALLERS; caller++) {
        RandomGenerator random = new Seed(seed.value() + caller).random();
        running.add(
            callers.submit(
                () -> {
                  while (answers.size() < COMMANDS) {
                    if (random.nextInt(8) == 0) {
                      administer(random, accounts);
                    } else {
                      oneTransfer(random, accounts);
                    }
                  }
                }));
      }
      for (Future<?> each : running) {
        each.get();
      }
    }
    expiring.forEach(this::endBySeveral);

    List<Answered> all = List.copyOf(answers);
    assertThat(all).hasSizeGreaterThanOrEqualTo(COMMANDS);
    assertThat(SerialModel.disagreements(all)).as("seed " + seed.value()).isEmpty();
    SerialModel.amounts(all)
        .forEach((account, amounts) -> assertThat(amounts(account)).containsExactly(amounts));
    assertThat(AuditedBooks.violations(database.url())).isEmpty();
    assertThat(one.count("ledger.journal.halved") + two.count("ledger.journal.halved"))
        .as("batches that conflicted until they were given up")
        .isZero();
    long batches = committed(one) + committed(two);
    System.out.printf(
        "model: %,d commands in %,d transactions of two instances, %.0f attempts aborted%n",
        all.size(),
        batches,
        one.count("ledger.journal.attempts", "end", "aborted")
            + two.count("ledger.journal.attempts", "end", "aborted"));
    assertThat(batches).as("commands share transactions").isLessThan(all.size() / 2);
  }

  /// Changes of an account by its owner or an operator, each undone soon, and some asked for again
  /// when they are: under their id by the same request, or by another.
  private void administer(RandomGenerator random, List<UUID> accounts) {
    // The last accounts are empty now and then.
    UUID account = accounts.get(random.nextInt(ACCOUNTS));
    boolean byOperator = random.nextBoolean();
    List<AccountChange> changes =
        switch (random.nextInt(4)) {
          case 0 -> List.of(new AccountChange.Close(), new AccountChange.Reopen());
          case 1 -> List.of(new AccountChange.Overdraft(random.nextInt(3_000)));
          default ->
              List.of(
                  new AccountChange.Freeze(
                      byOperator ? Sides.values()[1 + random.nextInt(3)] : Sides.DEBITS),
                  new AccountChange.Unfreeze());
        };
    List<ChangeAccount> asked =
        changes.stream().map(change -> changed(account, change, byOperator)).toList();
    Answered last = null;
    for (ChangeAccount each : asked) {
      last = submit(random, each, last);
    }
    if (random.nextInt(3) == 0) {
      last = submit(random, asked.getFirst(), last);
      ChangeAccount other =
          new ChangeAccount(
              asked.getFirst().id(),
              Fingerprint.of(List.of("another request")),
              account,
              new AccountChange.Overdraft(1_000_000),
              "bob",
              true,
              null,
              null);
      submit(random, other, last);
    }
  }

  private static ChangeAccount changed(UUID account, AccountChange change, boolean byOperator) {
    UUID id = UUID.randomUUID();
    return new ChangeAccount(
        id, Fingerprint.of(List.of(id)), account, change, "alice", byOperator, null, null);
  }

  /// A transfer of any kind, by itself or asked for twice, and what its saga may do with it.
  private void oneTransfer(RandomGenerator random, List<UUID> accounts) {
    // Half of them are about one account.
    UUID debit = accounts.get(random.nextBoolean() ? 0 : random.nextInt(ACCOUNTS));
    UUID credit =
        switch (random.nextInt(40)) {
          case 0 -> debit;
          case 1 -> UUID.randomUUID();
          case 2 -> EXTERNAL_EUR;
          default -> accounts.get(random.nextInt(ACCOUNTS));
        };
    long minor = 1 + random.nextInt(random.nextInt(10) == 0 ? 20_000 : 400);
    if (random.nextInt(8) == 0) {
      toCapture(random, debit, credit, minor);
      return;
    }
    if (random.nextInt(16) == 0) {
      batches();
    }
    HoldFunds asked =
        random.nextInt(8) == 0 ? ofLegs(random, accounts) : hold(debit, credit, minor);
    Answered answer = submit(random, asked, null);
    if (random.nextInt(8) == 0) {
      HoldFunds again = hold(asked.id(), debit, credit, minor, false, Map.of());
      submit(random, again, answer);
    }
    if (random.nextInt(16) == 0) {
      submit(random, hold(asked.id(), debit, credit, minor + 1, false, Map.of()), answer);
    }
    if (!(answer.decision().outcome() instanceof HoldOutcome.Held)) {
      return;
    }
    switch (random.nextInt(10)) {
      case 0 -> {
        Answered turned = submit(random, new StartCompensation(asked.id(), 1, null), answer);
        submit(random, new PostTransfer(asked.id(), 1, 1, null), turned);
        submit(random, new VoidHold(asked.id(), 1, false), turned);
      }
      case 1 -> submit(random, new PostTransfer(asked.id(), 1, 1, ALLOWANCE), answer);
      case 2 -> {
        submit(random, new PostTransfer(asked.id(), 2, 1, null), answer);
        Answered posted = submit(random, new PostTransfer(asked.id(), 1, 1, null), answer);
        submit(random, new PostTransfer(asked.id(), 1, 1, null), posted);
      }
      default -> {
        Answered posted = submit(random, new PostTransfer(asked.id(), 1, 1, null), answer);
        if (posted.decision().outcome() instanceof CannotPost(RejectionReason reason)) {
          Answered turned = submit(random, new StartCompensation(asked.id(), 1, reason), posted);
          submit(random, new VoidHold(asked.id(), 1, false), turned);
        }
      }
    }
  }

  /// Two different batches under one id, each sent twice, at both instances at once.
  private void batches() {
    UUID id = UUID.randomUUID();
    try (ExecutorService several = Executors.newVirtualThreadPerTaskExecutor()) {
      for (JournalInstance instance : List.of(one, two)) {
        for (String items : List.of("A, B", "A, B, C")) {
          OpenBatch batch = new OpenBatch(id, Fingerprint.of(List.of(items)));
          several.execute(() -> submit(instance, batch, null));
        }
      }
    }
  }

  private static HoldFunds ofLegs(RandomGenerator random, List<UUID> accounts) {
    List<Leg> legs = new ArrayList<>();
    for (int i = 0; i <= 1 + random.nextInt(4); i++) {
      legs.add(
          new Leg(
              accounts.get(random.nextInt(4)),
              accounts.get(random.nextInt(ACCOUNTS)),
              1 + random.nextInt(200)));
    }
    return JournalInstance.hold(UUID.randomUUID(), legs, null, false, Map.of());
  }

  /// Held for its capture, and then captured and voided by several at once.
  private void toCapture(RandomGenerator random, UUID debit, UUID credit, long minor) {
    HoldFunds asked =
        JournalInstance.hold(
            UUID.randomUUID(),
            List.of(new Leg(debit, credit, minor)),
            Duration.ofHours(1),
            false,
            Map.of());
    Answered held = submit(random, asked, null);
    if (!(held.decision().outcome() instanceof HoldOutcome.Held)) {
      return;
    }
    if (random.nextInt(6) == 0) {
      held = submit(random, voided(asked.id()), held);
    }
    Answered screened = submit(random, new PostTransfer(asked.id(), 1, 1, null), held);
    if (screened.decision().outcome() instanceof JournalCommand.PostOutcome.VoidRequested) {
      Answered turned = submit(random, new StartCompensation(asked.id(), 1, null), screened);
      submit(random, new VoidHold(asked.id(), 1, false), turned);
      return;
    }
    try (ExecutorService several = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 3; i++) {
        JournalCommand<?> change =
            switch (random.nextInt(5)) {
              case 0 -> voided(asked.id());
              case 1 -> captured(asked.id(), null, false);
              case 2 -> captured(asked.id(), 1L + random.nextInt(200), true);
              default -> captured(asked.id(), 1L + random.nextInt(200), false);
            };
        boolean isTwice = random.nextInt(6) == 0;
        boolean isFirst = random.nextBoolean();
        several.execute(
            () -> {
              Answered changed = submit(isFirst ? one : two, change, screened);
              if (isTwice) {
                submit(isFirst ? two : one, change, changed);
              }
            });
      }
    }
  }

  /// Screened, and over long before the load is.
  private Answered heldForASecond(UUID debit, UUID credit) {
    HoldFunds asked =
        JournalInstance.hold(
            UUID.randomUUID(),
            List.of(new Leg(debit, credit, 10)),
            Duration.ofSeconds(1),
            false,
            Map.of());
    return submit(one, new PostTransfer(asked.id(), 1, 1, null), submit(one, asked, null));
  }

  private void endBySeveral(Answered screened) {
    UUID transfer = ((PostTransfer) screened.command()).transferId();
    try (ExecutorService several = Executors.newVirtualThreadPerTaskExecutor()) {
      several.execute(() -> submit(one, new ExpireHold(transfer, 1), screened));
      several.execute(() -> submit(two, new ExpireHold(transfer, 1), screened));
      several.execute(() -> submit(one, voided(transfer), screened));
      several.execute(() -> submit(two, voided(transfer), screened));
    }
  }

  private static CaptureHold captured(UUID transfer, Long minor, boolean isFinal) {
    return new CaptureHold(
        UUID.randomUUID(), Fingerprint.of(List.of(transfer)), transfer, minor, isFinal);
  }

  private static long committed(JournalInstance ledger) {
    return (long) ledger.count("ledger.journal.attempts", "end", "committed");
  }
}
