package dev.payledger.ledger.blocked;

import dev.payledger.contracts.BlockedAccountEvent;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// The copy of the blocked accounts: as new as the last event that has arrived. While fraud screening
/// answers, nobody asks here.
@Repository
public class BlockedAccounts {
  private final JdbcClient sql;

  BlockedAccounts(JdbcClient sql) {
    this.sql = sql;
  }

  public boolean isAnyOf(Collection<UUID> accounts) {
    return sql.sql(
            "SELECT EXISTS (SELECT FROM blocked_account WHERE is_blocked AND account_id IN (:ids))")
        .param("ids", accounts)
        .query(Boolean.class)
        .single();
  }

  /// The newest change of an account stands, however often and in whatever order they arrive.
  void apply(BlockedAccountEvent event) {
    sql.sql(
            """
            INSERT INTO blocked_account AS known (account_id, is_blocked, sequence, occurred_at)
            VALUES (:account, :blocked, :sequence, :at)
            ON CONFLICT (account_id) DO UPDATE SET is_blocked = excluded.is_blocked,
              sequence = excluded.sequence, occurred_at = excluded.occurred_at
            WHERE excluded.sequence > known.sequence
            """)
        .param("account", event.accountId())
        .param("blocked", event.isBlocked())
        .param("sequence", event.sequence())
        .param("at", event.occurredAt().atOffset(ZoneOffset.UTC))
        .update();
  }
}
