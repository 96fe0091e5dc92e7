package dev.payledger.ledger.account;

import dev.payledger.ledger.command.Sides;
import dev.payledger.ledger.plan.AccountStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// The trail of what owners and operators changed of accounts.
@Repository
class AccountChanges {
  private static final String PAGE =
      """
      SELECT number, change, changed_at, changed_by, by_operator, reason, command_id,
        status_before, frozen_by_owner_before, frozen_by_operator_before, floor_before_minor,
        status_after, frozen_by_owner_after, frozen_by_operator_after, floor_after_minor
      FROM account_change
      WHERE account_id = :account AND number > :after ORDER BY number LIMIT :limit
      """;

  private final JdbcClient sql;

  AccountChanges(JdbcClient sql) {
    this.sql = sql;
  }

  /// Oldest first, from the one after a number on.
  List<AccountChangeView> page(UUID account, long after, int limit) {
    return sql.sql(PAGE)
        .param("account", account)
        .param("after", after)
        .param("limit", limit)
        .query(
            (row, n) ->
                new AccountChangeView(
                    row.getLong("number"),
                    row.getString("change"),
                    row.getObject("changed_at", OffsetDateTime.class).toInstant(),
                    terms(row, "before"),
                    terms(row, "after"),
                    row.getString("changed_by"),
                    row.getBoolean("by_operator"),
                    row.getString("reason"),
                    row.getObject("command_id", UUID.class)))
        .list();
  }

  private static AccountChangeView.Terms terms(ResultSet row, String when) throws SQLException {
    return new AccountChangeView.Terms(
        AccountStatus.valueOf(row.getString("status_" + when)),
        AccountView.named(Sides.valueOf(row.getString("frozen_by_owner_" + when))),
        AccountView.named(Sides.valueOf(row.getString("frozen_by_operator_" + when))),
        row.getObject("floor_" + when + "_minor", Long.class));
  }
}
