package dev.payledger.ledger.account;

import dev.payledger.ledger.plan.AccountStatus;
import dev.payledger.ledger.request.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// The list of accounts in the order of their ids. Those of an owner, and those that are not open, have
/// an index; others are looked through, a bounded number for a page.
@Repository
class AccountList {
  private final JdbcClient sql;

  AccountList(JdbcClient sql) {
    this.sql = sql;
  }

  /// @param lookedTo the last one that was looked at, when there may be more
  record Found(List<UUID> ids, @Nullable UUID lookedTo) {}

  /// Those after an id, and as many as the limit at most.
  ///
  /// @param owner of the accounts; null for every owner
  Found find(@Nullable String owner, AccountFilter filter, UUID after, int limit) {
    boolean isLookedThrough = filter.currency() != null || filter.status() != null;
    JdbcClient.StatementSpec page =
        sql.sql(sql(owner, filter))
            .param("after", after)
            .param("looked", isLookedThrough ? Page.LOOKED_AT_MAX : limit)
            .param("limit", limit);
    if (owner != null) {
      page = page.param("owner", owner);
    }
    if (filter.currency() != null) {
      page = page.param("currency", filter.currency());
    }
    if (filter.status() != null) {
      page = page.param("status", filter.status().name());
    }
    List<UUID> ids = new ArrayList<>();
    List<UUID> end = new ArrayList<>();
    page.query(
        row -> {
          (row.getBoolean("is_end") ? end : ids).add(row.getObject("id", UUID.class));
        });
    return new Found(ids, end.isEmpty() ? null : end.getFirst());
  }

  static String sql(@Nullable String owner, AccountFilter filter) {
    StringBuilder looked = new StringBuilder();
    if (owner != null) {
      looked.append(" AND owner = :owner");
    } else if (filter.status() != null && filter.status() != AccountStatus.OPEN) {
      // Said once more, as the index has it.
      looked.append(" AND status = :status AND status <> 'OPEN'");
    }
    List<String> conditions = new ArrayList<>(List.of("true"));
    if (filter.currency() != null) {
      conditions.add("currency = :currency");
    }
    if (filter.status() != null) {
      conditions.add("status = :status");
    }
    return """
        WITH looked AS (SELECT id, currency, status FROM account
          WHERE id > :after%s ORDER BY id LIMIT :looked),
        found AS (SELECT id FROM looked WHERE %s ORDER BY id LIMIT :limit)
        SELECT id, false AS is_end FROM found
        UNION ALL
        (SELECT id, true FROM looked ORDER BY id OFFSET :looked - 1 LIMIT 1)
        ORDER BY is_end, id
        """
        .formatted(looked, String.join(" AND ", conditions));
  }
}
