package dev.payledger.ledger.transfer;

import dev.payledger.ledger.account.DebitSide;
import dev.payledger.ledger.request.Caller;
import dev.payledger.ledger.request.ListPosition;
import dev.payledger.ledger.request.Page;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// The list of an account's transfers, newest first. Each way in which an account can take part has its
/// own index, with the time; a reference has one too. A status changes, and an index on it would make
/// every change of a transfer dearer: transfers are looked through for it, a bounded number for a page.
@Repository
class TransferList {
  /// Attempts that held no funds are the payer's only: anybody may make as many as they like.
  private static final String NO_ATTEMPTS = " AND NOT refused";

  private static final String OF_REFERENCE = " AND reference = :reference";

  private static final String IN_TRANSFERS =
      """
      (SELECT id, created_at FROM transfer
        WHERE %s = :account AND created_at >= :from AND (created_at, id) < (:before, :beforeId)%s
        ORDER BY created_at DESC, id DESC LIMIT :looked)
      """;

  /// A transfer has up to 50 legs of one account.
  private static final String IN_LEGS =
      """
      (SELECT DISTINCT transfer_id, created_at FROM (
        SELECT transfer_id, created_at FROM transfer_leg
        WHERE %s = :account AND created_at >= :from
          AND (created_at, transfer_id) < (:before, :beforeId)%s
        ORDER BY created_at DESC, transfer_id DESC LIMIT 50 * :looked) legs)
      """;

  private final JdbcClient sql;

  TransferList(JdbcClient sql) {
    this.sql = sql;
  }

  /// @param lookedTo the last one that was looked at, when there may be more
  record Found(List<UUID> ids, @Nullable ListPosition lookedTo) {}

  /// Those before a position, and as many as the limit at most.
  Found find(TransferFilter filter, Caller caller, ListPosition before, int limit) {
    if (!filter.hasDebits() && !filter.hasCredits()) {
      return new Found(List.of(), null);
    }
    List<UUID> ids = new ArrayList<>();
    List<ListPosition> end = new ArrayList<>();
    JdbcClient.StatementSpec page =
        sql.sql(sql(filter))
            .param("account", filter.accountId())
            .param("from", at(filter.time().from()))
            .param("before", at(before.at()))
            .param("beforeId", before.id())
            .param("looked", looked(filter, limit))
            .param("limit", limit);
    if (filter.status() != null) {
      page = page.param("status", filter.status().name());
    }
    if (filter.reference() != null) {
      page =
          page.param("reference", filter.reference())
              .param("isOperator", caller.isOperator())
              .param("caller", caller.subject());
    }
    page.query(
        row -> {
          UUID id = row.getObject("id", UUID.class);
          if (row.getBoolean("is_end")) {
            end.add(
                new ListPosition(
                    Objects.requireNonNull(row.getObject("created_at", OffsetDateTime.class))
                        .toInstant(),
                    id));
          } else {
            ids.add(id);
          }
        });
    return new Found(ids, end.isEmpty() ? null : end.getFirst());
  }

  private static OffsetDateTime at(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  private static int looked(TransferFilter filter, int limit) {
    return filter.status() == null && filter.reference() == null ? limit : Page.LOOKED_AT_MAX;
  }

  static String sql(TransferFilter filter) {
    List<String> ways = new ArrayList<>();
    if (filter.hasDebits()) {
      String more = filter.reference() == null ? "" : OF_REFERENCE;
      ways.add(IN_TRANSFERS.formatted("debit_account_id", more));
      ways.add(IN_LEGS.formatted("debit_account_id", more));
    }
    if (filter.hasCredits()) {
      ways.add(IN_TRANSFERS.formatted("credit_account_id", NO_ATTEMPTS));
      ways.add(IN_LEGS.formatted("credit_account_id", NO_ATTEMPTS));
    }
    List<String> conditions = new ArrayList<>(List.of("true"));
    if (filter.status() != null) {
      conditions.add("t.status = :status");
    }
    if (filter.reference() != null) {
      conditions.add(DebitSide.IS_THE_CALLER);
    }
    return """
        WITH looked AS (SELECT id, created_at FROM (
          %s) each (id, created_at) ORDER BY created_at DESC, id DESC LIMIT :looked),
        found AS (SELECT t.id, t.created_at FROM looked JOIN transfer t ON t.id = looked.id
          WHERE %s ORDER BY t.created_at DESC, t.id DESC LIMIT :limit)
        SELECT id, created_at, false AS is_end FROM found
        UNION ALL
        (SELECT id, created_at, true FROM looked ORDER BY created_at DESC, id DESC
          OFFSET :looked - 1 LIMIT 1)
        ORDER BY is_end, created_at DESC, id DESC
        """
        .formatted(String.join("UNION ", ways), String.join(" AND ", conditions));
  }
}
