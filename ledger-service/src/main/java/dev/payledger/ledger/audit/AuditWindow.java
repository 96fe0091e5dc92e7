package dev.payledger.ledger.audit;

import java.math.BigInteger;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.jdbc.core.simple.JdbcClient;

/// A part of the books: what one pass of the continuous auditor, or one step of the rolling audit, looks
/// at.
///
/// @param transfers transfers; of a pass also those whose saga is due: what is stuck has no event
/// @param after position of the outbox that was reached before
/// @param upTo position that is reached now
record AuditWindow(
    List<Lines> lines,
    Collection<UUID> transfers,
    Collection<UUID> commands,
    List<Change> changes,
    List<Allowance> allowances,
    long after,
    long upTo) {

  /// Live holds that are read at most to compare pending credits.
  static final int LIVE_MAX = 10_000;

  static final AuditWindow NOTHING =
      new AuditWindow(List.of(), List.of(), List.of(), List.of(), List.of(), 0, 0);

  /// Up to `seq` of an account lines were looked at before, with these sums; now up to `seqTo`.
  record Lines(
      UUID accountId, long seq, BigInteger debitsMinor, BigInteger creditsMinor, long seqTo) {}

  record Change(UUID accountId, long number) {}

  record Allowance(UUID accountId, OffsetDateTime windowStart) {}

  static AuditWindow lines(List<Lines> lines) {
    return new AuditWindow(lines, List.of(), List.of(), List.of(), List.of(), 0, 0);
  }

  /// Transfers and the commands that made them.
  static AuditWindow transfers(Collection<UUID> transfers) {
    return new AuditWindow(List.of(), transfers, transfers, List.of(), List.of(), 0, 0);
  }

  static AuditWindow commands(Collection<UUID> commands) {
    return new AuditWindow(List.of(), List.of(), commands, List.of(), List.of(), 0, 0);
  }

  static AuditWindow changes(List<Change> changes) {
    return new AuditWindow(List.of(), List.of(), List.of(), changes, List.of(), 0, 0);
  }

  static AuditWindow allowances(List<Allowance> allowances) {
    return new AuditWindow(List.of(), List.of(), List.of(), List.of(), allowances, 0, 0);
  }

  static AuditWindow events(long after, long upTo) {
    return new AuditWindow(List.of(), List.of(), List.of(), List.of(), List.of(), after, upTo);
  }

  /// A query over what is seen.
  JdbcClient.StatementSpec query(JdbcClient sql, String text) {
    return sql.sql(text)
        .param("accounts", array(lines, l -> l.accountId().toString()))
        .param("seqs", array(lines, l -> String.valueOf(l.seq())))
        .param("debits", array(lines, l -> l.debitsMinor().toString()))
        .param("credits", array(lines, l -> l.creditsMinor().toString()))
        .param("seqsTo", array(lines, l -> String.valueOf(l.seqTo())))
        .param("transfers", array(transfers, UUID::toString))
        .param("commands", array(commands, UUID::toString))
        .param("changeAccounts", array(changes, c -> c.accountId().toString()))
        .param("changeNumbers", array(changes, c -> String.valueOf(c.number())))
        .param("allowanceAccounts", array(allowances, a -> a.accountId().toString()))
        .param("allowanceWindows", array(allowances, a -> a.windowStart().toString()))
        .param("after", after)
        .param("upTo", upTo)
        .param("liveMax", LIVE_MAX);
  }

  /// As PostgreSQL writes an array.
  static <T> String array(Iterable<T> values, Function<T, String> text) {
    List<String> texts = new ArrayList<>();
    values.forEach(value -> texts.add(text.apply(value)));
    return "{" + String.join(",", texts) + "}";
  }
}
