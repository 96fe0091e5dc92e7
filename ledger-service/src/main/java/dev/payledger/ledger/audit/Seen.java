package dev.payledger.ledger.audit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/// What one pass of the auditor looks at.
///
/// @param after position of the outbox that was reached before
/// @param upTo position that this pass reaches
/// @param events how many events there are between the two
/// @param lines accounts touched, each with the highest line that an event names; 0 for none
/// @param transfers transfers touched, and those whose saga is due: what is stuck has no event
record Seen(long after, long upTo, int events, Map<UUID, Long> lines, Set<UUID> transfers) {
  private static final String EVENTS =
      """
      SELECT position, aggregate_type, aggregate_id, aggregate_seq FROM outbox
      WHERE position > :after AND position <= :next ORDER BY position LIMIT :max
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

  /// What the next events are about, so many at most, as the given connection sees the books.
  static Seen next(JdbcClient sql, long after, long next, int max) {
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
    Set<UUID> transfers = new HashSet<>();
    for (Event event : events) {
      if (event.type().equals("transfer")) {
        transfers.add(event.aggregate());
      } else {
        // A change of an account is no line of it.
        lines.merge(
            event.aggregate(), event.type().equals("account") ? 0L : event.seq(), Math::max);
      }
    }
    sql.sql(ACCOUNTS_OF_TRANSFERS)
        .param("transfers", array(transfers))
        .query(UUID.class)
        .list()
        .forEach(account -> lines.putIfAbsent(account, 0L));
    transfers.addAll(sql.sql(DUE).param("max", max).query(UUID.class).list());
    long upTo = events.size() < max ? next : events.getLast().position();
    return new Seen(after, upTo, events.size(), lines, transfers);
  }

  /// A query over what is seen.
  JdbcClient.StatementSpec query(JdbcClient sql, String text) {
    return sql.sql(text)
        .param("after", after)
        .param("upTo", upTo)
        .param("accounts", array(lines.keySet()))
        .param("seqs", array(lines.values()))
        .param("transfers", array(transfers));
  }

  /// As PostgreSQL writes an array.
  static String array(Iterable<?> values) {
    List<String> texts = new ArrayList<>();
    values.forEach(value -> texts.add(value.toString()));
    return "{" + String.join(",", texts) + "}";
  }
}
