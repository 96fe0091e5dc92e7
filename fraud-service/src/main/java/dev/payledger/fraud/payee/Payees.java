package dev.payledger.fraud.payee;

import dev.payledger.fraud.rules.Payee;
import dev.payledger.fraud.rules.RulesProperties;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Which account has paid which other one: the largest amount at once, and of the payments that are
/// large enough to count the first twenty transfers and the earliest time. Each is a set that only
/// grows or an extreme value, so it does not matter how often or in which order payments are told.
/// What has not been told yet is not known.
@Component
public class Payees {
  private final JdbcClient jdbc;
  private final RulesProperties rules;

  Payees(JdbcClient jdbc, RulesProperties rules) {
    this.jdbc = jdbc;
    this.rules = rules;
  }

  /// Remembers what a transfer has paid, in minor units.
  public void paid(UUID transferId, Instant at, Map<Pair, Long> amountsMinor) {
    List<Pair> pairs = List.copyOf(amountsMinor.keySet());
    // In one order, so that two that tell of the same pairs never wait in a circle. A pair that
    // says nothing new is not written.
    jdbc.sql(
            """
            INSERT INTO payee AS p (debit_account_id, credit_account_id, largest_minor, counted,
                                    first_counted_at)
            SELECT told.debit, told.credit, told.amount_minor,
                   CASE WHEN told.amount_minor >= :countsFrom
                     THEN ARRAY[CAST(:transfer AS uuid)] ELSE '{}' END,
                   CASE WHEN told.amount_minor >= :countsFrom
                     THEN CAST(:at AS timestamptz) END
              FROM unnest(CAST(:debits AS uuid[]), CAST(:credits AS uuid[]),
                          CAST(:amounts AS bigint[])) AS told (debit, credit, amount_minor)
             ORDER BY told.debit, told.credit
            ON CONFLICT (debit_account_id, credit_account_id)
            DO UPDATE SET largest_minor = greatest(p.largest_minor, excluded.largest_minor),
                          counted = CASE WHEN excluded.counted <@ p.counted
                                           OR cardinality(p.counted) >= :paymentsMax
                            THEN p.counted ELSE p.counted || excluded.counted END,
                          first_counted_at = least(p.first_counted_at, excluded.first_counted_at)
                    WHERE excluded.largest_minor > p.largest_minor
                       OR (NOT excluded.counted <@ p.counted
                           AND cardinality(p.counted) < :paymentsMax)
                       OR excluded.first_counted_at < p.first_counted_at
            """)
        .param("transfer", transferId)
        .param("at", Timestamp.from(at))
        .param("countsFrom", rules.knownPayeePaymentMinor())
        .param("paymentsMax", RulesProperties.PAYMENTS_MAX)
        .param("debits", texts(pairs, Pair::debitAccountId))
        .param("credits", texts(pairs, Pair::creditAccountId))
        .param("amounts", pairs.stream().map(amountsMinor::get).toArray(Long[]::new))
        .update();
  }

  /// The pairs as the rule sees them at that time. Whoever was paid by an account may give as much
  /// back: a reversal is no first payment, and a small gift does not open the way for a large theft.
  public List<Payee> of(Map<Pair, Long> amountsMinor, Instant now) {
    List<Pair> asked = new ArrayList<>(amountsMinor.keySet());
    amountsMinor.keySet().stream().map(Pair::reversed).forEach(asked::add);
    Map<Pair, Remembered> remembered = new HashMap<>();
    jdbc.sql(
            """
            SELECT p.debit_account_id, p.credit_account_id, p.largest_minor,
                   cardinality(p.counted) AS payments, p.first_counted_at
              FROM unnest(CAST(:debits AS uuid[]), CAST(:credits AS uuid[])) AS a (debit, credit)
              JOIN payee p ON (p.debit_account_id, p.credit_account_id) = (a.debit, a.credit)
            """)
        .param("debits", texts(asked, Pair::debitAccountId))
        .param("credits", texts(asked, Pair::creditAccountId))
        .query(
            row -> {
              Timestamp first = row.getTimestamp("first_counted_at");
              remembered.put(
                  new Pair(
                      row.getObject("debit_account_id", UUID.class),
                      row.getObject("credit_account_id", UUID.class)),
                  new Remembered(
                      row.getLong("largest_minor"),
                      row.getInt("payments"),
                      first == null ? now : first.toInstant()));
            });
    return amountsMinor.entrySet().stream()
        .map(
            asking -> {
              Pair pair = asking.getKey();
              Remembered paid = remembered.getOrDefault(pair, new Remembered(0, 0, now));
              Remembered received =
                  remembered.getOrDefault(pair.reversed(), new Remembered(0, 0, now));
              return new Payee(
                  pair.debitAccountId(),
                  pair.creditAccountId(),
                  asking.getValue(),
                  paid.payments(),
                  Duration.between(paid.firstAt(), now),
                  received.largestMinor());
            })
        .toList();
  }

  private record Remembered(long largestMinor, int payments, Instant firstAt) {}

  private static String[] texts(List<Pair> pairs, Function<Pair, UUID> side) {
    return pairs.stream().map(side).map(UUID::toString).toArray(String[]::new);
  }
}
