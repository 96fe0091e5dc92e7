package dev.payledger.ledger.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.contracts.TransferEvent.Screening;
import dev.payledger.ledger.command.Sides;
import dev.payledger.ledger.money.Leg;
import dev.payledger.ledger.money.Money;
import dev.payledger.ledger.money.RejectionReason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What the ledger says to a transfer, as a table. The debit account is called D and the credit
/// account C; D's balance is `balance`, of which `held` is reserved by other transfers.
class TransferPlanTest {
  private static final UUID D = new UUID(0, 1);
  private static final UUID C = new UUID(0, 2);

  /// In each block one thing is wrong more than in the block before, and what is wrong most is the
  /// answer. "whom": who asks. "to": self, nobody, a customer or the ledger's own account. A floor of
  /// "none" makes D the ledger's own account.
  private static final String CASES =
      """
      # whom     | D status       | D balance         | held             | floor | to       | C status       | C currency | C balance         | amount           | currency | answer
      customer   | OPEN           | 100               | 0                | 0     | customer | OPEN           | EUR        | 0                 | 100              | EUR      | held
      customer   | OPEN           | 100               | 40               | 0     | customer | OPEN           | EUR        | 0                 | 60               | EUR      | held
      customer   | OPEN           | 100               | 0                | -50   | customer | OPEN           | EUR        | 0                 | 150              | EUR      | held
      customer   | CREDITS_FROZEN | 100               | 0                | 0     | customer | DEBITS_FROZEN  | EUR        | 0                 | 100              | EUR      | held
      operator   | OPEN           | -500              | 0                | none  | customer | OPEN           | EUR        | 0                 | 1000             | EUR      | held
      operator   | OPEN           | 100               | 0                | 0     | system   | OPEN           | EUR        | -500              | 100              | EUR      | held
      customer   | OPEN           | 100               | 0                | 0     | customer | OPEN           | EUR        | 9007199254740891  | 100              | EUR      | held
      operator   | OPEN           | -9007199254740891 | 0                | none  | customer | OPEN           | EUR        | 0                 | 100              | EUR      | held

      customer   | OPEN           | 100               | 0                | 0     | customer | OPEN           | EUR        | 9007199254740892  | 100              | EUR      | balance-limit
      operator   | OPEN           | -9007199254740892 | 0                | none  | customer | OPEN           | EUR        | 0                 | 100              | EUR      | balance-limit
      operator   | OPEN           | -9007199254740000 | 900              | none  | customer | OPEN           | EUR        | 0                 | 100              | EUR      | balance-limit
      operator   | OPEN           | 9007199254740991  | 9007199254740991 | none  | customer | OPEN           | EUR        | 0                 | 1                | EUR      | balance-limit

      customer   | OPEN           | 100               | 0                | 0     | customer | OPEN           | EUR        | 0                 | 101              | EUR      | insufficient-funds
      customer   | OPEN           | 100               | 41               | 0     | customer | OPEN           | EUR        | 0                 | 60               | EUR      | insufficient-funds
      customer   | OPEN           | 100               | 0                | -50   | customer | OPEN           | EUR        | 0                 | 151              | EUR      | insufficient-funds
      operator   | OPEN           | 100               | 0                | 0     | customer | OPEN           | EUR        | 0                 | 101              | EUR      | insufficient-funds
      customer   | OPEN           | 0                 | 0                | 0     | customer | OPEN           | EUR        | 9007199254740991  | 9007199254740991 | EUR      | insufficient-funds

      customer   | OPEN           | 100               | 0                | 0     | customer | OPEN           | USD        | 0                 | 100              | EUR      | currency-mismatch
      customer   | OPEN           | 100               | 0                | 0     | customer | OPEN           | EUR        | 0                 | 100              | USD      | currency-mismatch
      customer   | OPEN           | 100               | 0                | 0     | customer | OPEN           | USD        | 0                 | 100              | USD      | currency-mismatch
      customer   | OPEN           | 0                 | 0                | 0     | customer | OPEN           | USD        | 9007199254740991  | 100              | EUR      | currency-mismatch

      customer   | OPEN           | 100               | 0                | 0     | nobody   | OPEN           | EUR        | 0                 | 100              | EUR      | account-unusable
      customer   | OPEN           | 100               | 0                | 0     | system   | OPEN           | EUR        | 0                 | 100              | EUR      | account-unusable
      customer   | OPEN           | 100               | 0                | 0     | customer | CLOSED         | EUR        | 0                 | 100              | EUR      | account-unusable
      customer   | OPEN           | 100               | 0                | 0     | customer | FROZEN         | EUR        | 0                 | 100              | EUR      | account-unusable
      customer   | OPEN           | 100               | 0                | 0     | customer | CREDITS_FROZEN | EUR        | 0                 | 100              | EUR      | account-unusable
      customer   | OPEN           | 0                 | 0                | 0     | customer | CLOSED         | USD        | 9007199254740991  | 100              | EUR      | account-unusable
      customer   | OPEN           | 0                 | 0                | 0     | nobody   | OPEN           | USD        | 0                 | 100              | USD      | account-unusable

      customer   | DEBITS_FROZEN  | 100               | 0                | 0     | customer | OPEN           | EUR        | 0                 | 100              | EUR      | account-frozen
      customer   | FROZEN         | 100               | 0                | 0     | customer | OPEN           | EUR        | 0                 | 100              | EUR      | account-frozen
      operator   | FROZEN         | 100               | 0                | 0     | customer | OPEN           | EUR        | 0                 | 100              | EUR      | account-frozen
      customer   | FROZEN         | 0                 | 0                | 0     | nobody   | OPEN           | USD        | 0                 | 100              | USD      | account-frozen

      customer   | CLOSED         | 0                 | 0                | 0     | customer | OPEN           | EUR        | 0                 | 100              | EUR      | account-closed
      customer   | CLOSED         | 0                 | 0                | 0     | nobody   | OPEN           | USD        | 0                 | 100              | USD      | account-closed

      customer   | OPEN           | 100               | 0                | 0     | self     | OPEN           | EUR        | 0                 | 100              | EUR      | self-transfer
      customer   | FROZEN         | 0                 | 0                | 0     | self     | OPEN           | EUR        | 0                 | 100              | USD      | self-transfer
      customer   | CLOSED         | 0                 | 0                | 0     | self     | OPEN           | EUR        | 0                 | 100              | USD      | self-transfer
      """;

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void theAnswerIsTheOneOfTheTable(Case row) {
    assertThat(answer(row)).isEqualTo(row.answer());
  }

  /// A reason that no row gives is dead, or its row is missing. Fraud's verdict and an operator's are no
  /// rules of the plan: `SagaStepsIT` and `ReviewIT` have their rows.
  @Test
  void everyReasonIsGivenBySomeRow() {
    Set<RejectionReason> given =
        EnumSet.of(RejectionReason.FRAUD_DECLINED, RejectionReason.REVIEW_REJECTED);
    AccountPlanTest.answers().forEach(answer -> addIfPresent(given, reasonOf(answer)));
    cases().map(TransferPlanTest::reason).forEach(reason -> addIfPresent(given, reason));
    (REVERSALS + CAPTURES + VOIDS + TURNOVERS)
        .lines()
        .map(line -> line.substring(line.lastIndexOf('|') + 1).trim())
        .forEach(code -> addIfPresent(given, reasonOf(code)));

    assertThat(given).containsExactlyInAnyOrder(RejectionReason.values());
  }

  @Test
  void theTableFollowsThePrecedenceOfTheReasons() {
    List<Integer> ordinals =
        cases()
            .map(TransferPlanTest::reason)
            .map(reason -> reason == null ? RejectionReason.values().length : reason.ordinal())
            .toList();

    assertThat(ordinals).isSortedAccordingTo((a, b) -> Integer.compare(b, a));
  }

  /// Of a transfer that moved `captured`. Of its last leg `posted` is given back and `pending` on its way,
  /// and more of it is asked for.
  private static final String REVERSALS =
      """
      1 | no  | 100 | 0  | 0   | 2   | 100 | held
      1 | no  | 100 | 30 | 30  | 2   | 40  | held
      2 | no  | 100 | 0  | 0   | 2   | 50  | held
      2 | no  | 100 | 0  | 0   | 2   | 49  | held
      2 | no  | 100 | 20 | 20  | 2   | 10  | held
      1 | no  | 100 | 30 | 30  | 99  | 40  | held
      1 | no  | 100 | 30 | 30  | 100 | 40  | reversal-count-limit
      1 | no  | 100 | 30 | 30  | 2   | 41  | reversal-limit
      1 | no  | 100 | 0  | 100 | 2   | 1   | reversal-limit
      1 | no  | 100 | 0  | 0   | 2   | 101 | reversal-limit
      2 | no  | 100 | 0  | 0   | 2   | 51  | reversal-limit
      2 | no  | 100 | 50 | 0   | 2   | 50  | reversal-limit
      2 | no  | 100 | 20 | 20  | 2   | 11  | reversal-limit
      1 | no  | 100 | 30 | 30  | 100 | 41  | reversal-limit
      1 | yes | 100 | 0  | 0   | 2   | 1   | not-reversible
      2 | no  | 0   | 0  | 0   | 2   | 50  | not-reversible
      1 | no  | 0   | 0  | 0   | 2   | 101 | not-reversible
      0 | no  | 0   | 0  | 0   | 2   | 1   | not-reversible
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # legs | a reversal? | captured | pending | posted | reversals | asked | answer
          """
              + REVERSALS)
  void onlySoMuchIsGivenBackAsWasMoved(
      int legs,
      String isReversal,
      long captured,
      long pending,
      long posted,
      int reversals,
      long asked,
      String answer) {
    List<TransferState.GivenBack> givenBack =
        new ArrayList<>(Collections.nCopies(legs, TransferState.GivenBack.NOTHING));
    if (legs > 0) {
      givenBack.set(legs - 1, new TransferState.GivenBack(pending, posted));
    }
    TransferState original =
        legs == 0
            ? null
            : TransferStates.ended(
                isReversal.equals("yes") ? UUID.randomUUID() : null,
                legs,
                captured,
                new TransferState.Reversals(givenBack, reversals));

    RejectionReason reason =
        TransferPlan.validateReversal(
            original, List.of(Math.max(legs, 1)), List.of(new Leg(C, D, asked)));

    assertThat(reason == null ? "held" : reason.code()).isEqualTo(answer);
  }

  /// Of a transfer of 1,000, held to be captured until a quarter past ten.
  private static final String CAPTURES =
      """
      held     | 0   | 0   | 10:14:59 | 1000 | captured
      held     | 600 | 1   | 10:00:00 | 400  | captured
      held     | 600 | 1   | 10:00:00 | 1    | captured
      held     | 600 | 99  | 10:00:00 | 1    | captured
      held     | 600 | 100 | 10:00:00 | 400  | capture-count-limit
      held     | 600 | 100 | 10:00:00 | 401  | capture-limit
      held     | 0   | 0   | 10:00:00 | 1001 | capture-limit
      held     | 600 | 1   | 10:00:00 | 401  | capture-limit
      held     | 0   | 0   | 10:15:00 | 1    | not-capturable
      held     | 0   | 0   | 10:15:00 | 1001 | not-capturable
      held     | 600 | 100 | 10:15:00 | 1    | not-capturable
      pending  | 0   | 0   | 10:00:00 | 1    | not-capturable
      voided   | 0   | 0   | 10:00:00 | 1    | not-capturable
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # it is | captured | captures | the time | asked | answer
          """
              + CAPTURES)
  void onlyWhatIsHeldIsCapturedAndInTime(
      String is, long captured, int captures, String time, long asked, String answer) {
    TransferState transfer = TransferStates.toCapture(1_000);
    if (!is.equals("pending")) {
      transfer = transfer.authorized(Screening.APPROVED, TransferStates.EXPIRES_AT);
    }
    for (int i = 1; i <= captures; i++) {
      transfer = transfer.captured(i < captures ? 1 : captured - captures + 1);
    }
    if (is.equals("voided")) {
      transfer =
          transfer.ended(
              TransferState.Status.VOIDED, Screening.APPROVED, null, TransferStates.EXPIRES_AT);
    }

    RejectionReason reason =
        TransferPlan.validateCapture(transfer, asked, Instant.parse("2026-11-23T" + time + "Z"));

    assertThat(reason == null ? "captured" : reason.code()).isEqualTo(answer);
  }

  private static final String VOIDS =
      """
      pending  | voided
      held     | voided
      posted   | not-voidable
      voided   | not-voidable
      rejected | not-voidable
      expired  | not-voidable
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # it is | answer
          """
              + VOIDS)
  void onlyWhatIsNotFinalIsVoided(String is, String answer) {
    TransferState transfer = TransferStates.toCapture(100);
    TransferState.Status status = TransferState.Status.valueOf(is.toUpperCase(Locale.ROOT));
    if (status == TransferState.Status.HELD) {
      transfer = transfer.authorized(Screening.APPROVED, TransferStates.EXPIRES_AT);
    } else if (status != TransferState.Status.PENDING) {
      transfer = transfer.ended(status, Screening.APPROVED, null, TransferStates.EXPIRES_AT);
    }

    RejectionReason reason = TransferPlan.validateVoid(transfer);

    assertThat(reason == null ? "voided" : reason.code()).isEqualTo(answer);
  }

  @Test
  void heldFundsArePostedUnlessTheCreditAccountTakesNoMore() {
    assertThat(TransferPlan.validateCredit(credit("OPEN", 0), 100)).isNull();
    assertThat(TransferPlan.validateCredit(credit("DEBITS_FROZEN", 0), 100)).isNull();
    assertThat(TransferPlan.validateCredit(credit("CREDITS_FROZEN", 0), 100))
        .isEqualTo(RejectionReason.ACCOUNT_UNUSABLE);
    assertThat(TransferPlan.validateCredit(credit("FROZEN", 0), 100))
        .isEqualTo(RejectionReason.ACCOUNT_UNUSABLE);
    assertThat(TransferPlan.validateCredit(credit("CLOSED", 0), 100))
        .isEqualTo(RejectionReason.ACCOUNT_UNUSABLE);
    assertThat(TransferPlan.validateCredit(credit("OPEN", Money.AMOUNT_MAX_MINOR - 99), 100))
        .isEqualTo(RejectionReason.BALANCE_LIMIT);
    assertThat(TransferPlan.validateCredit(credit("OPEN", Money.AMOUNT_MAX_MINOR - 100), 100))
        .isNull();
  }

  /// Of accounts that moved so much in all; what is held counts.
  private static final String TURNOVERS =
      """
      9223372036854775707 | 0  | 0                   | 0                | 100 | held
      9223372036854775708 | 0  | 0                   | 0                | 100 | turnover-limit
      9223372036854775657 | 50 | 0                   | 0                | 100 | held
      9223372036854775658 | 50 | 0                   | 0                | 100 | turnover-limit
      0                   | 0  | 9223372036854775707 | 0                | 100 | held
      0                   | 0  | 9223372036854775708 | 0                | 100 | turnover-limit
      0                   | 0  | 9223372036854775658 | 50               | 100 | turnover-limit
      0                   | 0  | 0                   | 9007199254740891 | 100 | held
      0                   | 0  | 0                   | 9007199254740892 | 100 | balance-limit
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # D's debits | D's holds | C's credits | held for C | amount | answer
          """
              + TURNOVERS)
  void accountTurnoverFitsLong(
      long debits, long held, long credits, long due, long amount, String answer) {
    AccountState debit = counters(D, debits, debits, 0, held);
    AccountState credit = counters(C, credits, credits, due, 0);

    RejectionReason reason =
        TransferPlan.validateHold(debit, credit, new Money(amount, "EUR"), true);

    assertThat(reason == null ? "held" : reason.code()).isEqualTo(answer);
  }

  /// Of an account of the ledger's own.
  private static AccountState counters(
      UUID id, long credits, long debits, long creditsPending, long debitsPending) {
    return new AccountState(
        id,
        "EUR",
        true,
        terms("OPEN", null),
        credits,
        debits,
        creditsPending,
        debitsPending,
        0,
        Instant.EPOCH,
        0);
  }

  @Test
  void everyReasonHasItsOwnCodeAndSentence() {
    assertThat(Arrays.stream(RejectionReason.values()).map(RejectionReason::code))
        .doesNotHaveDuplicates()
        .allMatch(code -> code.matches("[a-z]+(-[a-z]+)*"));
    assertThat(Arrays.stream(RejectionReason.values()).map(RejectionReason::sentence))
        .doesNotHaveDuplicates()
        .allMatch(sentence -> sentence.endsWith("."));
  }

  private static String answer(Case row) {
    RejectionReason reason = reason(row);
    return reason == null ? "held" : reason.code();
  }

  private static @Nullable RejectionReason reason(Case row) {
    AccountState debit =
        account(
            D,
            "EUR",
            row.floor().equals("none"),
            row.debitStatus(),
            row.floor().equals("none") ? null : Long.valueOf(row.floor()),
            row.balance(),
            row.held());
    AccountState credit =
        switch (row.to()) {
          case "self" -> debit;
          case "nobody" -> null;
          default ->
              account(
                  C,
                  row.creditCurrency(),
                  row.to().equals("system"),
                  row.creditStatus(),
                  row.to().equals("system") ? null : 0L,
                  row.creditBalance(),
                  0);
        };
    return TransferPlan.validateHold(
        debit, credit, new Money(row.amount(), row.currency()), row.whom().equals("operator"));
  }

  private static AccountState credit(String status, long balance) {
    return account(C, "EUR", false, status, 0L, balance, 0);
  }

  private static AccountState account(
      UUID id,
      String currency,
      boolean isSystem,
      String status,
      @Nullable Long floor,
      long balance,
      long held) {
    return new AccountState(
        id,
        currency,
        isSystem,
        terms(status, floor),
        Math.max(balance, 0),
        Math.max(-balance, 0),
        0,
        held,
        0,
        Instant.EPOCH,
        0);
  }

  private static AccountTerms terms(String status, @Nullable Long floor) {
    Sides frozen =
        switch (status) {
          case "DEBITS_FROZEN" -> Sides.DEBITS;
          case "CREDITS_FROZEN" -> Sides.CREDITS;
          case "FROZEN" -> Sides.BOTH;
          default -> Sides.NONE;
        };
    return new AccountTerms(status.equals("CLOSED"), Sides.NONE, frozen, floor, 0);
  }

  private static @Nullable RejectionReason reasonOf(String code) {
    return Arrays.stream(RejectionReason.values())
        .filter(reason -> reason.code().equals(code))
        .findFirst()
        .orElse(null);
  }

  private static void addIfPresent(Set<RejectionReason> set, @Nullable RejectionReason reason) {
    if (reason != null) {
      set.add(reason);
    }
  }

  static Stream<Case> cases() {
    return CASES
        .lines()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .map(line -> line.trim().split("\\s*\\|\\s*"))
        .map(
            cell ->
                new Case(
                    cell[0],
                    cell[1],
                    Long.parseLong(cell[2]),
                    Long.parseLong(cell[3]),
                    cell[4],
                    cell[5],
                    cell[6],
                    cell[7],
                    Long.parseLong(cell[8]),
                    Long.parseLong(cell[9]),
                    cell[10],
                    cell[11]));
  }

  record Case(
      String whom,
      String debitStatus,
      long balance,
      long held,
      String floor,
      String to,
      String creditStatus,
      String creditCurrency,
      long creditBalance,
      long amount,
      String currency,
      String answer) {}
}
