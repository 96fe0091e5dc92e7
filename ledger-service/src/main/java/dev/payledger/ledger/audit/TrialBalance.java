package dev.payledger.ledger.audit;

import java.math.BigDecimal;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// The counters of all accounts, summed per currency: in right books debits equal credits. It is a read
/// like any other, on the connections for reads, so that it takes none from the auditor.
@Component
class TrialBalance {
  /// One statement, so one snapshot. What was moved in all is no amount of an account: it fits no bigint
  /// some day, and no JSON number that every reader keeps exact long before. So it is text.
  private static final String SUMS =
      """
      SELECT currency, count(*) AS accounts,
        sum(debits_posted_minor) AS debits_posted_minor,
        sum(credits_posted_minor) AS credits_posted_minor,
        sum(debits_pending_minor) AS debits_pending_minor,
        sum(credits_pending_minor) AS credits_pending_minor
      FROM account GROUP BY currency ORDER BY currency
      """;

  private final JdbcClient sql;

  TrialBalance(JdbcClient sql) {
    this.sql = sql;
  }

  View now() {
    return of(sql);
  }

  /// As the given connection sees the books.
  static View of(JdbcClient sql) {
    List<CurrencyView> currencies =
        sql.sql(SUMS)
            .query(
                (row, n) ->
                    CurrencyView.of(
                        row.getString("currency"),
                        row.getLong("accounts"),
                        row.getBigDecimal("debits_posted_minor"),
                        row.getBigDecimal("credits_posted_minor"),
                        row.getBigDecimal("debits_pending_minor"),
                        row.getBigDecimal("credits_pending_minor")))
            .list();
    return new View(currencies.stream().allMatch(CurrencyView::isBalanced), currencies);
  }

  /// @param balanced whether debits equal credits in every currency, posted and pending
  record View(boolean balanced, List<CurrencyView> currencies) {}

  /// Amounts in minor units, as text.
  ///
  /// @param differenceMinor posted credits minus posted debits
  record CurrencyView(
      String currency,
      long accounts,
      String debitsPostedMinor,
      String creditsPostedMinor,
      String debitsPendingMinor,
      String creditsPendingMinor,
      String differenceMinor) {

    static CurrencyView of(
        String currency,
        long accounts,
        BigDecimal debitsPostedMinor,
        BigDecimal creditsPostedMinor,
        BigDecimal debitsPendingMinor,
        BigDecimal creditsPendingMinor) {
      return new CurrencyView(
          currency,
          accounts,
          debitsPostedMinor.toPlainString(),
          creditsPostedMinor.toPlainString(),
          debitsPendingMinor.toPlainString(),
          creditsPendingMinor.toPlainString(),
          creditsPostedMinor.subtract(debitsPostedMinor).toPlainString());
    }

    private boolean isBalanced() {
      return differenceMinor.equals("0") && debitsPendingMinor.equals(creditsPendingMinor);
    }
  }
}
