package dev.payledger.ledger.account;

import dev.payledger.ledger.account.HoldsView.Hold;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// The live holds of accounts, for queries.
@Repository
class Holds {
  /// One statement, so that the amounts and the holds are of one instant.
  private static final String PAGE =
      """
      SELECT a.currency, a.credits_posted_minor - a.debits_posted_minor AS balance_minor,
        a.debits_pending_minor, a.version, h.*
      FROM account a LEFT JOIN LATERAL (
        SELECT h.transfer_id, h.amount_minor - h.captured_minor AS held_minor, h.held_at,
          t.expires_at
        FROM hold h JOIN transfer t ON t.id = h.transfer_id
        WHERE h.account_id = a.id AND h.status = 'HELD' AND h.transfer_id > :after
        ORDER BY h.transfer_id LIMIT :limit) h ON true
      WHERE a.id = :account ORDER BY h.transfer_id
      """;

  private final JdbcClient sql;

  Holds(JdbcClient sql) {
    this.sql = sql;
  }

  /// An account's amounts, in each row with one of its holds.
  record Row(
      String currency, long balanceMinor, long heldMinor, long version, @Nullable Hold hold) {}

  /// In the order of the transfers' ids, after one of them; a single row without a hold when there is none.
  List<Row> page(UUID account, UUID after, int limit) {
    return sql.sql(PAGE)
        .param("account", account)
        .param("after", after)
        .param("limit", limit)
        .query(
            (row, n) -> {
              UUID transfer = row.getObject("transfer_id", UUID.class);
              return new Row(
                  row.getString("currency"),
                  row.getLong("balance_minor"),
                  row.getLong("debits_pending_minor"),
                  row.getLong("version"),
                  transfer == null
                      ? null
                      : new Hold(
                          transfer,
                          row.getLong("held_minor"),
                          row.getObject("held_at", OffsetDateTime.class).toInstant(),
                          row.getObject("expires_at", OffsetDateTime.class).toInstant()));
            })
        .list();
  }
}
