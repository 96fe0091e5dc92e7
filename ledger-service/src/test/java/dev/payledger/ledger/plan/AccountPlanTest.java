package dev.payledger.ledger.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.ledger.command.AccountChange;
import dev.payledger.ledger.command.Sides;
import dev.payledger.ledger.money.RejectionReason;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What becomes of an account when its owner or an operator changes it, as a table.
class AccountPlanTest {
  /// "is": what the account was, by whom it is frozen. "balance" of which `held` is reserved, `due` is
  /// on its way to it. "answer": the status afterwards and by whom it is frozen, or the refusal.
  private static final String CASES =
      """
      # who    | asks            | closed | by owner | by operator | floor | balance | held | due | answer
      owner    | freeze DEBITS   | no     | NONE     | NONE        | 0     | 100     | 0    | 0   | DEBITS_FROZEN DEBITS NONE 0
      owner    | freeze DEBITS   | no     | DEBITS   | NONE        | 0     | 100     | 0    | 0   | DEBITS_FROZEN DEBITS NONE 0
      owner    | freeze DEBITS   | no     | NONE     | CREDITS     | 0     | 100     | 0    | 0   | FROZEN DEBITS CREDITS 0
      operator | freeze BOTH     | no     | NONE     | NONE        | 0     | 100     | 0    | 0   | FROZEN NONE BOTH 0
      operator | freeze CREDITS  | no     | DEBITS   | NONE        | 0     | 100     | 0    | 0   | FROZEN DEBITS CREDITS 0
      operator | freeze CREDITS  | no     | NONE     | DEBITS      | 0     | 100     | 0    | 0   | FROZEN NONE BOTH 0
      operator | freeze BOTH     | yes    | NONE     | NONE        | 0     | 0       | 0    | 0   | account-closed
      owner    | freeze DEBITS   | yes    | NONE     | NONE        | 0     | 0       | 0    | 0   | account-closed
      owner    | unfreeze        | no     | DEBITS   | NONE        | 0     | 100     | 0    | 0   | OPEN NONE NONE 0
      owner    | unfreeze        | no     | DEBITS   | CREDITS     | 0     | 100     | 0    | 0   | CREDITS_FROZEN NONE CREDITS 0
      owner    | unfreeze        | no     | DEBITS   | DEBITS      | 0     | 100     | 0    | 0   | DEBITS_FROZEN NONE DEBITS 0
      owner    | unfreeze        | no     | NONE     | BOTH        | 0     | 100     | 0    | 0   | FROZEN NONE BOTH 0
      operator | unfreeze        | no     | DEBITS   | BOTH        | 0     | 100     | 0    | 0   | DEBITS_FROZEN DEBITS NONE 0
      operator | unfreeze        | no     | NONE     | NONE        | 0     | 100     | 0    | 0   | OPEN NONE NONE 0
      owner    | unfreeze        | yes    | DEBITS   | NONE        | 0     | 0       | 0    | 0   | account-closed
      owner    | close           | no     | NONE     | NONE        | -50   | 0       | 0    | 0   | CLOSED NONE NONE -50
      owner    | close           | no     | DEBITS   | NONE        | 0     | 0       | 0    | 0   | CLOSED DEBITS NONE 0
      owner    | close           | yes    | NONE     | NONE        | 0     | 0       | 0    | 0   | CLOSED NONE NONE 0
      operator | close           | no     | NONE     | BOTH        | 0     | 0       | 0    | 0   | CLOSED NONE BOTH 0
      owner    | close           | no     | NONE     | DEBITS      | 0     | 0       | 0    | 0   | frozen-by-operator
      owner    | close           | no     | NONE     | DEBITS      | 0     | 1       | 0    | 0   | frozen-by-operator
      owner    | close           | no     | NONE     | NONE        | 0     | 1       | 0    | 0   | account-not-empty
      operator | close           | no     | NONE     | NONE        | -50   | -1      | 0    | 0   | account-not-empty
      owner    | close           | no     | NONE     | NONE        | -50   | 0       | 1    | 0   | account-not-empty
      owner    | close           | no     | NONE     | NONE        | 0     | 0       | 0    | 1   | account-not-empty
      operator | reopen          | yes    | NONE     | NONE        | 0     | 0       | 0    | 0   | OPEN NONE NONE 0
      operator | reopen          | yes    | DEBITS   | CREDITS     | -50   | 0       | 0    | 0   | FROZEN DEBITS CREDITS -50
      operator | reopen          | no     | DEBITS   | NONE        | 0     | 100     | 0    | 0   | DEBITS_FROZEN DEBITS NONE 0
      operator | overdraft 50    | no     | NONE     | NONE        | 0     | 100     | 0    | 0   | OPEN NONE NONE -50
      operator | overdraft 0     | no     | NONE     | NONE        | -50   | 0       | 0    | 0   | OPEN NONE NONE 0
      operator | overdraft 40    | no     | NONE     | NONE        | -50   | -30     | 10   | 0   | OPEN NONE NONE -40
      operator | overdraft 39    | no     | NONE     | NONE        | -50   | -30     | 10   | 0   | overdraft-in-use
      operator | overdraft 50    | yes    | NONE     | NONE        | 0     | 0       | 0    | 0   | account-closed
      """;

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void theAnswerIsTheOneOfTheTable(String line) {
    String[] cell = line.split("\\s*\\|\\s*");
    boolean byOperator = cell[0].equals("operator");
    AccountChange change = change(cell[1]);
    AccountTerms terms =
        new AccountTerms(
            cell[2].equals("yes"),
            Sides.valueOf(cell[3]),
            Sides.valueOf(cell[4]),
            Long.valueOf(cell[5]),
            7);
    long balance = Long.parseLong(cell[6]);
    AccountState account =
        new AccountState(
            new UUID(0, 1),
            "EUR",
            false,
            terms,
            Math.max(balance, 0),
            Math.max(-balance, 0),
            Long.parseLong(cell[8]),
            Long.parseLong(cell[7]),
            0,
            Instant.EPOCH,
            0);

    RejectionReason rejection = AccountPlan.validate(account, change, byOperator);

    AccountTerms after = terms.after(change, byOperator);
    assertThat(
            rejection != null
                ? rejection.code()
                : after.status()
                    + " "
                    + after.frozenByOwner()
                    + " "
                    + after.frozenByOperator()
                    + " "
                    + after.floorMinor())
        .isEqualTo(cell[9]);
    assertThat(after.changeCount()).isEqualTo(8);
  }

  @Test
  void aClosedAccountRefusesCreditsAndAFreezeItsSides() {
    assertThat(new AccountTerms(true, Sides.NONE, Sides.NONE, 0L, 0).refusesCredits()).isTrue();
    for (Sides byOwner : new Sides[] {Sides.NONE, Sides.DEBITS}) {
      for (Sides byOperator : Sides.values()) {
        AccountTerms terms = new AccountTerms(false, byOwner, byOperator, 0L, 0);
        assertThat(terms.refusesDebits())
            .isEqualTo(byOwner == Sides.DEBITS || byOperator.hasDebits());
        assertThat(terms.refusesCredits()).isEqualTo(byOperator.hasCredits());
      }
    }
  }

  private static AccountChange change(String asks) {
    String[] words = asks.split(" ");
    return switch (words[0]) {
      case "freeze" -> new AccountChange.Freeze(Sides.valueOf(words[1]));
      case "unfreeze" -> new AccountChange.Unfreeze();
      case "close" -> new AccountChange.Close();
      case "reopen" -> new AccountChange.Reopen();
      default -> new AccountChange.Overdraft(Long.parseLong(words[1]));
    };
  }

  static Stream<String> answers() {
    return cases().map(line -> line.substring(line.lastIndexOf('|') + 1).trim());
  }

  static Stream<String> cases() {
    return CASES.lines().filter(line -> !line.startsWith("#")).map(String::trim);
  }
}
