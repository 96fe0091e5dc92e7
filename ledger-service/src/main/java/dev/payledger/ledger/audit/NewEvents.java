package dev.payledger.ledger.audit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/// The next events of the outbox and what they are about.
///
/// @param count how many events there are
record NewEvents(int count, AuditWindow seen) {
  private static final String EVENTS =
      """
      SELECT position, aggregate_type, aggregate_id, aggregate_seq FROM outbox
      WHERE position > :after AND position <= :next ORDER BY position LIMIT :max
      """;

  /// The lines after those that the continuous auditor has looked at. An account that grows faster than
  /// it is read is read in parts.
  private static final String NEXT_LINES =
      """
      SELECT a.id, coalesce(b.seq, 0) AS seq, coalesce(b.debits_minor, 0) AS debits_minor,
        coalesce(b.credits_minor, 0) AS credits_minor,
        least(a.line_count, greatest(coalesce(b.seq, 0), n.seq) + 1000) AS seq_to
      FROM unnest(CAST(:accounts AS uuid[]), CAST(:seqs AS bigint[])) AS n (id, seq)
      JOIN account a ON a.id = n.id LEFT JOIN audit_account b ON b.account_id = n.id
      """;

  private static final String ACCOUNTS_OF_TRANSFERS =
      """
      SELECT debit_account_id FROM leg WHERE transfer_id = ANY (CAST(:transfers AS uuid[]))
      UNION SELECT credit_account_id FROM leg WHERE transfer_id = ANY (CAST(:transfers AS uuid[]))
      """;

  /// Of sagas that wait for nothing but a far day, there may be many.
  private static final String DUE =
      """
      SELECT transfer_id FROM saga WHERE step <> 'DONE' AND due_at < now() + interval '1 minute'
      ORDER BY due_at LIMIT :max
      """;

  private record Event(long position, String type, UUID aggregate, long seq) {}

  /// So many at most, as the given connection sees the books.
  static NewEvents next(JdbcClient sql, long after, long next, int max) {
    List<Event> events =
        sql.sql(EVENTS)
            .param("after", after)
            .param("next", next)
            .param("max", max)
            .query(
                (row, n) ->
                    new Event(
                        row.getLong("position"),
                        row.getString("aggregate_type"),
                        row.getObject("aggregate_id", UUID.class),
                        row.getLong("aggregate_seq")))
            .list();
    Map<UUID, Long> lines = new HashMap<>();
    List<AuditWindow.Change> changes = new ArrayList<>();
    Set<UUID> transfers = new HashSet<>();
    for (Event event : events) {
      switch (event.type()) {
        case "transfer" -> transfers.add(event.aggregate());
        case "account" -> {
          // A change of an account is no line of it.
          lines.merge(event.aggregate(), 0L, Math::max);
          changes.add(new AuditWindow.Change(event.aggregate(), event.seq()));
        }
        default -> lines.merge(event.aggregate(), event.seq(), Math::max);
      }
    }
    sql.sql(ACCOUNTS_OF_TRANSFERS)
        .param("transfers", AuditWindow.array(transfers, UUID::toString))
        .query(UUID.class)
        .list()
        .forEach(account -> lines.putIfAbsent(account, 0L));
    transfers.addAll(sql.sql(DUE).param("max", max).query(UUID.class).list());
    long upTo = events.size() < max ? next : events.getLast().position();
    return new NewEvents(
        events.size(),
        new AuditWindow(lines(sql, lines), transfers, transfers, changes, List.of(), after, upTo));
  }

  private static List<AuditWindow.Lines> lines(JdbcClient sql, Map<UUID, Long> named) {
    return sql.sql(NEXT_LINES)
        .param("accounts", AuditWindow.array(named.keySet(), UUID::toString))
        .param("seqs", AuditWindow.array(named.values(), String::valueOf))
        .query(
            (row, n) ->
                new AuditWindow.Lines(
                    row.getObject("id", UUID.class),
                    row.getLong("seq"),
                    row.getBigDecimal("debits_minor").toBigIntegerExact(),
                    row.getBigDecimal("credits_minor").toBigIntegerExact(),
                    row.getLong("seq_to")))
        .list();
  }
}
