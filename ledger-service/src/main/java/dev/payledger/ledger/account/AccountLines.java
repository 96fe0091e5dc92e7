package dev.payledger.ledger.account;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// The history of accounts.
@Repository
class AccountLines {
  private static final String PAGE =
      """
      SELECT l.seq, l.entry_id, e.transfer_id, l.side, e.amount_minor, e.currency,
        l.balance_after_minor, e.posted_at
      FROM account_line l JOIN journal_entry e ON e.id = l.entry_id
      WHERE l.account_id = :account AND l.seq > :after ORDER BY l.seq LIMIT :limit
      """;

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
    return sql.sql(AS_OF)
        .param("account", account)
        .param("asOf", asOf.atOffset(ZoneOffset.UTC))
        .query(
            (row, n) ->
                new PastBalanceView(
                    account, currency, asOf, row.getLong("balance_minor"), row.getLong("seq")))
        .single();
  }

  List<AccountLine> page(UUID account, long after, int limit) {
    return sql.sql(PAGE)
        .param("account", account)
        .param("after", after)
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
                    row.getObject("posted_at", OffsetDateTime.class).toInstant()))
        .list();
  }
}
