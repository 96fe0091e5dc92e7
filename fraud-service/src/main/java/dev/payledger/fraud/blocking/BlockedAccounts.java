package dev.payledger.fraud.blocking;

import dev.payledger.contracts.BlockedAccountEvent;
import dev.payledger.fraud.rules.RulesProperties;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// The accounts that nothing may be moved from or to. A change is one row permanently, with who and why,
/// and it is the event that the ledger is told: the list and the event cannot differ, because the
/// row of a blocked account refers to the change that blocked it.
@Component
public class BlockedAccounts implements SmartInitializingSingleton {
  /// Who changes what the service's own setting says; no caller may name itself so.
  static final String CONFIGURATION = "configuration";

  private static final String CHANGES =
      """
      SELECT position, account_id, sequence, is_blocked, reason, changed_by, changed_at
        FROM blocked_account_change
      """;

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final RulesProperties rules;
  private final Clock clock;

  BlockedAccounts(
      JdbcClient jdbc, TransactionTemplate transaction, RulesProperties rules, Clock clock) {
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.rules = rules;
    this.clock = clock;
  }

  /// A change of an account, as it is kept.
  ///
  /// @param position in the order of all changes, from 1
  record Change(
      long position,
      UUID accountId,
      long sequence,
      boolean isBlocked,
      String reason,
      String changedBy,
      Instant changedAt) {

    private static Change of(ResultSet row, int number) throws SQLException {
      return new Change(
          row.getLong("position"),
          row.getObject("account_id", UUID.class),
          row.getLong("sequence"),
          row.getBoolean("is_blocked"),
          row.getString("reason"),
          row.getString("changed_by"),
          row.getTimestamp("changed_at").toInstant());
    }
  }

  /// Those of the accounts that are blocked.
  public Set<UUID> among(Collection<UUID> accounts) {
    return new HashSet<>(
        jdbc.sql("SELECT account_id FROM blocked_account WHERE account_id IN (:accounts)")
            .param("accounts", accounts)
            .query(UUID.class)
            .list());
  }

  /// Blocks or unblocks an account; one that is so already stays as it was changed then.
  ///
  /// @param by who asks for it, 1 … 100 characters
  /// @param reason 1 … 1000 characters
  void change(UUID account, boolean isBlocked, String by, String reason) {
    transaction.executeWithoutResult(
        status -> {
          awaitTurn();
          if (isBlocked == !among(List.of(account)).isEmpty()) {
            return;
          }
          append(account, isBlocked, by, reason);
        });
  }

  /// Before anybody is let in: what the setting names is blocked, and what it named at an earlier
  /// start and names no longer is not. An operator's own blocks are left alone.
  @Override
  public void afterSingletonsInstantiated() {
    transaction.executeWithoutResult(
        status -> {
          awaitTurn();
          Set<UUID> named = rules.blockedAccounts();
          Set<UUID> blocked = named.isEmpty() ? Set.of() : among(named);
          named.stream()
              .filter(account -> !blocked.contains(account))
              .sorted()
              .forEach(account -> append(account, true, CONFIGURATION, "named by the setting"));
          blockedBy(CONFIGURATION).stream()
              .filter(account -> !named.contains(account))
              .forEach(
                  account ->
                      append(account, false, CONFIGURATION, "no longer named by the setting"));
        });
  }

  /// Changes take turns, so that their positions are in the order of their commits: whoever has read
  /// up to one has missed none before it.
  private void awaitTurn() {
    jdbc.sql("SELECT 1 FROM pg_advisory_xact_lock(hashtextextended('blocked_account_change', 0))")
        .query(Integer.class)
        .single();
  }

  private void append(UUID account, boolean isBlocked, String by, String reason) {
    long sequence =
        jdbc.sql(
                """
                INSERT INTO blocked_account_change
                    (account_id, sequence, is_blocked, reason, changed_by, changed_at)
                SELECT :account, coalesce(max(sequence), 0) + 1, :blocked, :reason, :by, :at
                  FROM blocked_account_change WHERE account_id = :account
                RETURNING sequence
                """)
            .param("account", account)
            .param("blocked", isBlocked)
            .param("reason", reason)
            .param("by", by)
            .param("at", Timestamp.from(clock.instant().truncatedTo(ChronoUnit.MICROS)))
            .query(Long.class)
            .single();
    jdbc.sql(
            isBlocked
                ? "INSERT INTO blocked_account (account_id, sequence) VALUES (:account, :sequence)"
                : "DELETE FROM blocked_account WHERE account_id = :account AND :sequence > sequence")
        .param("account", account)
        .param("sequence", sequence)
        .update();
  }

  private List<UUID> blockedBy(String who) {
    return jdbc.sql(
            """
            SELECT b.account_id FROM blocked_account b
              JOIN blocked_account_change c USING (account_id, sequence)
             WHERE c.changed_by = :who ORDER BY b.account_id
            """)
        .param("who", who)
        .query(UUID.class)
        .list();
  }

  /// The change that blocked each account that is blocked.
  List<Change> blocked(@Nullable UUID after, int limit) {
    return jdbc.sql(
            CHANGES
                + """
                   JOIN blocked_account USING (account_id, sequence)
                  WHERE CAST(:after AS uuid) IS NULL OR account_id > CAST(:after AS uuid)
                  ORDER BY account_id LIMIT :limit
                  """)
        .param("after", after == null ? null : after.toString())
        .param("limit", limit)
        .query(Change::of)
        .list();
  }

  /// All changes of an account, oldest first.
  List<Change> changesOf(UUID account) {
    return jdbc.sql(CHANGES + " WHERE account_id = :account ORDER BY sequence")
        .param("account", account)
        .query(Change::of)
        .list();
  }

  /// What was changed after that position, in order.
  List<Change> changesAfter(long position) {
    return jdbc.sql(CHANGES + " WHERE position > :position ORDER BY position")
        .param("position", position)
        .query(Change::of)
        .list();
  }

  /// The newest change of each account that ever had one, in order.
  List<Change> newestChanges() {
    return jdbc.sql(
            "SELECT * FROM (SELECT DISTINCT ON (account_id) * FROM ("
                + CHANGES
                + ") c ORDER BY account_id, sequence DESC) newest ORDER BY position")
        .query(Change::of)
        .list();
  }

  /// Zero when nothing was ever changed.
  long lastPosition() {
    return jdbc.sql("SELECT coalesce(max(position), 0) FROM blocked_account_change")
        .query(Long.class)
        .single();
  }

  static BlockedAccountEvent event(Change change) {
    return new BlockedAccountEvent(
        change.accountId(), change.sequence(), change.isBlocked(), change.changedAt());
  }
}
