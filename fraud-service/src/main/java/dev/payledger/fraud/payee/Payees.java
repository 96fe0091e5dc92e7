package dev.payledger.fraud.payee;

import dev.payledger.fraud.rules.Payee;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Which account has paid which other one, and the largest amount that it paid at once. Each is a set
/// that only grows or a greatest value, so it does not matter how often or in which order payments
/// are told. What has not been told yet is not known: the rule then sees a first payment.
@Component
public class Payees {
  private final JdbcClient jdbc;

  Payees(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /// Remembers payments, in minor units.
  public void paid(Map<Pair, Long> amountsMinor) {
    List<Pair> pairs = List.copyOf(amountsMinor.keySet());
    // In one order, so that two that tell of the same pairs never wait in a circle. A pair that
    // says nothing new is not written.
    jdbc.sql(
            """
            INSERT INTO payee AS p (debit_account_id, credit_account_id, largest_minor)
            SELECT told.debit, told.credit, told.amount_minor
              FROM unnest(CAST(:debits AS uuid[]), CAST(:credits AS uuid[]),
                          CAST(:amounts AS bigint[])) AS told (debit, credit, amount_minor)
             ORDER BY told.debit, told.credit
            ON CONFLICT (debit_account_id, credit_account_id)
            DO UPDATE SET largest_minor = excluded.largest_minor
                    WHERE excluded.largest_minor > p.largest_minor
            """)
        .param("debits", texts(pairs, Pair::debitAccountId))
        .param("credits", texts(pairs, Pair::creditAccountId))
        .param("amounts", pairs.stream().map(amountsMinor::get).toArray(Long[]::new))
        .update();
  }

  /// The pairs as the rule sees them. Whoever was paid by an account may give as much back: a
  /// reversal is no first payment, and a small gift does not open the way for a large theft.
  public List<Payee> of(Map<Pair, Long> amountsMinor) {
    List<Pair> asked = new ArrayList<>(amountsMinor.keySet());
    amountsMinor.keySet().stream().map(Pair::reversed).forEach(asked::add);
    Map<Pair, Long> largestMinor = new HashMap<>();
    jdbc.sql(
            """
            SELECT p.debit_account_id, p.credit_account_id, p.largest_minor
              FROM unnest(CAST(:debits AS uuid[]), CAST(:credits AS uuid[])) AS a (debit, credit)
              JOIN payee p ON (p.debit_account_id, p.credit_account_id) = (a.debit, a.credit)
            """)
        .param("debits", texts(asked, Pair::debitAccountId))
        .param("credits", texts(asked, Pair::creditAccountId))
        .query(
            row -> {
              largestMinor.put(
                  new Pair(
                      row.getObject("debit_account_id", UUID.class),
                      row.getObject("credit_account_id", UUID.class)),
                  row.getLong("largest_minor"));
            });
    return amountsMinor.entrySet().stream()
        .map(
            pair ->
                new Payee(
                    pair.getKey().debitAccountId(),
                    pair.getKey().creditAccountId(),
                    pair.getValue(),
                    largestMinor.containsKey(pair.getKey())
                        || pair.getValue()
                            <= largestMinor.getOrDefault(pair.getKey().reversed(), 0L)))
        .toList();
  }

  private static String[] texts(List<Pair> pairs, Function<Pair, UUID> side) {
    return pairs.stream().map(side).map(UUID::toString).toArray(String[]::new);
  }
}
