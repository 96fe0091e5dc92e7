package dev.payledger.ledger.account;

import dev.payledger.ledger.request.Caller;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// The history of accounts.
@Repository
class AccountLines {
  /// Halves the account's lines until one is left: they are numbered without gaps and never go back
  /// in time, so each step is one look by primary key and no index on time is needed.
  static final String AS_OF =
      """
      WITH RECURSIVE search (low, high) AS (
        SELECT 0::bigint, line_count FROM account WHERE id = :account
        UNION ALL
        SELECT CASE WHEN probe.is_past THEN half.middle ELSE half.low END,
          CASE WHEN probe.is_past THEN half.high ELSE half.middle - 1 END
        FROM (SELECT low, high, (low + high + 1) / 2 AS middle FROM search WHERE low < high) half
        CROSS JOIN LATERAL (
          SELECT e.posted_at <= :asOf AS is_past
          FROM account_line l JOIN journal_entry e ON e.id = l.entry_id
          WHERE l.account_id = :account AND l.seq = half.middle) probe)
      SELECT s.low AS seq, coalesce(l.balance_after_minor, 0) AS balance_minor
      FROM search s LEFT JOIN account_line l ON l.account_id = :account AND l.seq = s.low
      WHERE s.low = s.high
      """;

  private final JdbcClient sql;

  AccountLines(JdbcClient sql) {
    this.sql = sql;
  }

  PastBalanceView asOf(UUID account, String currency, Instant asOf) {
    Position position = until(account, asOf);
    return new PastBalanceView(
        account, currency, asOf, position.balanceMinor(), position.sequence());
  }

  /// Where an account's history is at an instant.
  ///
  /// @param sequence of the last line until then, 0 for none
  /// @param balanceMinor after it
  record Position(long sequence, long balanceMinor) {}

  /// Before the instant, which is one of microseconds.
  Position before(UUID account, Instant instant) {
    return until(account, instant.minus(1, ChronoUnit.MICROS));
  }

  private Position until(UUID account, Instant instant) {
    return sql.sql(AS_OF)
        .param("account", account)
        .param("asOf", instant.atOffset(ZoneOffset.UTC))
        .query((row, n) -> new Position(row.getLong("seq"), row.getLong("balance_minor")))
        .single();
  }

  /// In which order lines are read.
  enum Order {
    OLDEST_FIRST("ASC"),
    NEWEST_FIRST("DESC");

    private final String sql;

    Order(String sql) {
      this.sql = sql;
    }
  }

  /// As the caller may see them, from the first sequence to the last one, as many as the limit at most.
  List<AccountLine> page(
      UUID account, Caller caller, long first, long last, Order order, int limit) {
    return sql.sql(sql(order))
        .param("isOperator", caller.isOperator())
        .param("caller", caller.subject())
        .param("account", account)
        .param("first", first)
        .param("last", last)
        .param("limit", limit)
        .query(
            (row, n) ->
                new AccountLine(
                    row.getLong("seq"),
                    row.getObject("entry_id", UUID.class),
                    row.getObject("transfer_id", UUID.class),
                    row.getString("side"),
                    row.getLong("amount_minor"),
                    row.getString("currency"),
                    row.getLong("balance_after_minor"),
                    row.getObject("posted_at", OffsetDateTime.class).toInstant(),
                    row.getString("reference")))
        .list();
  }

  static String sql(Order order) {
    return """
        SELECT l.seq, l.entry_id, e.transfer_id, l.side, e.amount_minor, e.currency,
          l.balance_after_minor, e.posted_at,
          CASE WHEN t.reference IS NOT NULL AND %s THEN t.reference END AS reference
        FROM account_line l JOIN journal_entry e ON e.id = l.entry_id
          JOIN transfer t ON t.id = e.transfer_id
        WHERE l.account_id = :account AND l.seq BETWEEN :first AND :last
        ORDER BY l.seq %s LIMIT :limit
        """
        .formatted(DebitSide.IS_THE_CALLER, order.sql);
  }
}
