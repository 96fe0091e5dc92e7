package dev.payledger.ledger.transfer;

import dev.payledger.ledger.transfer.TransferView.BalanceAfter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// The balances that transfers left behind, for queries. A line of an account never changes, so these
/// are the same whenever they are asked for, until more of the transfer is captured.
@Repository
class BalancesAfter {
  private static final String FIND =
      """
      SELECT DISTINCT ON (e.transfer_id, l.account_id)
        e.transfer_id, l.account_id, l.seq, l.balance_after_minor
      FROM journal_entry e JOIN account_line l ON l.entry_id = e.id
      WHERE e.transfer_id IN (:transfers) AND l.account_id IN (:accounts)
      ORDER BY e.transfer_id, l.account_id, l.seq DESC
      """;

  private final JdbcClient sql;

  BalancesAfter(JdbcClient sql) {
    this.sql = sql;
  }

  /// By transfer, of those of the accounts that it posted to: one query for all.
  Map<UUID, List<BalanceAfter>> of(Collection<Transfer> transfers, Set<UUID> accounts) {
    List<UUID> posted =
        transfers.stream()
            .filter(transfer -> transfer.capturedMinor() > 0)
            .map(Transfer::id)
            .toList();
    Map<UUID, List<BalanceAfter>> balances = new HashMap<>();
    if (!posted.isEmpty() && !accounts.isEmpty()) {
      sql.sql(FIND)
          .param("transfers", posted)
          .param("accounts", accounts)
          .query(
              row -> {
                balances
                    .computeIfAbsent(
                        row.getObject("transfer_id", UUID.class), _ -> new ArrayList<>())
                    .add(
                        new BalanceAfter(
                            row.getObject("account_id", UUID.class),
                            row.getLong("seq"),
                            row.getLong("balance_after_minor")));
              });
    }
    return balances;
  }
}
