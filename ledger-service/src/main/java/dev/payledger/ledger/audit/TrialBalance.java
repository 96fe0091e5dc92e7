package dev.payledger.ledger.audit;

import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// The counters of all accounts, summed per currency: in right books debits equal credits. It is a read
/// like any other, on the connections for reads, so that it takes none from the auditor.
@Component
class TrialBalance {
  /// One statement, so one snapshot. A sum that does not fit is an error, never a wrong number.
  private static final String SUMS =
      """
      SELECT currency, count(*) AS accounts,
        sum(debits_posted_minor)::bigint AS debits_posted_minor,
        sum(credits_posted_minor)::bigint AS credits_posted_minor,
        sum(debits_pending_minor)::bigint AS debits_pending_minor,
        sum(credits_pending_minor)::bigint AS credits_pending_minor
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
                        row.getLong("debits_posted_minor"),
                        row.getLong("credits_posted_minor"),
                        row.getLong("debits_pending_minor"),
                        row.getLong("credits_pending_minor")))
            .list();
    return new View(currencies.stream().allMatch(CurrencyView::isBalanced), currencies);
  }

  /// @param balanced whether debits equal credits in every currency, posted and pending
  record View(boolean balanced, List<CurrencyView> currencies) {}

  /// Amounts in minor units.
  ///
  /// @param differenceMinor posted credits minus posted debits
  record CurrencyView(
      String currency,
      long accounts,
      long debitsPostedMinor,
      long creditsPostedMinor,
      long debitsPendingMinor,
      long creditsPendingMinor,
      long differenceMinor) {

    static CurrencyView of(
        String currency,
        long accounts,
        long debitsPostedMinor,
        long creditsPostedMinor,
        long debitsPendingMinor,
        long creditsPendingMinor) {
      return new CurrencyView(
          currency,
          accounts,
          debitsPostedMinor,
          creditsPostedMinor,
          debitsPendingMinor,
          creditsPendingMinor,
          Math.subtractExact(creditsPostedMinor, debitsPostedMinor));
    }

    private boolean isBalanced() {
      return differenceMinor == 0 && debitsPendingMinor == creditsPendingMinor;
    }
  }
}
