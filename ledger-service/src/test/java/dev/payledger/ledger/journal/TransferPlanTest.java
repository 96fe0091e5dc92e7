package dev.payledger.ledger.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
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

  /// A reason that no row gives is dead, or its row is missing. Fraud's verdict is no rule of the
  /// plan: `SagaIT` has its rows.
  @Test
  void everyReasonIsGivenBySomeRow() {
    Set<RejectionReason> given = EnumSet.of(RejectionReason.FRAUD_DECLINED);
    cases().map(TransferPlanTest::reason).forEach(reason -> addIfPresent(given, reason));
    REVERSALS
        .lines()
        .map(line -> line.substring(line.lastIndexOf('|') + 1).trim())
        .flatMap(code -> Arrays.stream(RejectionReason.values()).filter(r -> r.code().equals(code)))
        .forEach(given::add);

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

  /// Of a transfer that moved `amount`, of which `posted` is given back and `pending` on its way.
  private static final String REVERSALS =
      """
      POSTED   | no  | 100 | 0  | 0   | 100 | held
      POSTED   | no  | 100 | 30 | 30  | 40  | held
      POSTED   | no  | 100 | 30 | 30  | 41  | reversal-limit
      POSTED   | no  | 100 | 0  | 100 | 1   | reversal-limit
      POSTED   | no  | 100 | 0  | 0   | 101 | reversal-limit
      POSTED   | yes | 100 | 0  | 0   | 1   | not-reversible
      PENDING  | no  | 100 | 0  | 0   | 1   | not-reversible
      REJECTED | no  | 100 | 0  | 0   | 1   | not-reversible
      EXPIRED  | no  | 100 | 0  | 0   | 101 | not-reversible
      NONE     | no  | 100 | 0  | 0   | 1   | not-reversible
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # status | a reversal? | amount | pending | posted | asked | answer
          """
              + REVERSALS)
  void onlySoMuchIsGivenBackAsWasMoved(
      String status,
      String isReversal,
      long amount,
      long pending,
      long posted,
      long asked,
      String answer) {
    TransferState original =
        status.equals("NONE")
            ? null
            : new TransferState(
                UUID.randomUUID(),
                TransferState.Status.valueOf(status),
                D,
                C,
                new Money(amount, "EUR"),
                2,
                null,
                false,
                TransferState.SagaStep.DONE,
                1,
                null,
                isReversal.equals("yes") ? UUID.randomUUID() : null,
                new TransferState.Reversals(pending, posted));

    RejectionReason reason = TransferPlan.whyNotReverse(original, new Money(asked, "EUR"));

    assertThat(reason == null ? "held" : reason.code()).isEqualTo(answer);
  }

  @Test
  void heldFundsArePostedUnlessTheCreditAccountTakesNoMore() {
    Money money = new Money(100, "EUR");

    assertThat(TransferPlan.whyNotCredit(credit("OPEN", 0), money)).isNull();
    assertThat(TransferPlan.whyNotCredit(credit("DEBITS_FROZEN", 0), money)).isNull();
    assertThat(TransferPlan.whyNotCredit(credit("CREDITS_FROZEN", 0), money))
        .isEqualTo(RejectionReason.ACCOUNT_UNUSABLE);
    assertThat(TransferPlan.whyNotCredit(credit("FROZEN", 0), money))
        .isEqualTo(RejectionReason.ACCOUNT_UNUSABLE);
    assertThat(TransferPlan.whyNotCredit(credit("CLOSED", 0), money))
        .isEqualTo(RejectionReason.ACCOUNT_UNUSABLE);
    assertThat(TransferPlan.whyNotCredit(credit("OPEN", Money.AMOUNT_MAX_MINOR - 99), money))
        .isEqualTo(RejectionReason.BALANCE_LIMIT);
    assertThat(TransferPlan.whyNotCredit(credit("OPEN", Money.AMOUNT_MAX_MINOR - 100), money))
        .isNull();
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
    return TransferPlan.whyNotHold(
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
        AccountState.Status.valueOf(status),
        floor,
        Math.max(balance, 0),
        Math.max(-balance, 0),
        0,
        held,
        0,
        Instant.EPOCH,
        0);
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
