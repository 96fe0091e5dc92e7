package dev.payledger.ledger.account;

import java.time.OffsetDateTime;
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

  private final JdbcClient sql;

  AccountLines(JdbcClient sql) {
    this.sql = sql;
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
