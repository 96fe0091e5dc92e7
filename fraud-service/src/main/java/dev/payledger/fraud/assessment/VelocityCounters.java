package dev.payledger.fraud.assessment;

import dev.payledger.fraud.rules.Velocity;
import java.sql.Timestamp;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// The counters behind the velocity rule, one row per debit account and window. Rows are locked
/// before they are moved, so READ COMMITTED is enough; the CHECK on the row is defence in depth.
///
/// Every statement that locks takes its rows in the order of the account's id, as PostgreSQL sorts
/// it. All rows of a transaction are of one window, so that this is one order for everybody, and no
/// two transfers wait for each other in a circle.
@Component
class VelocityCounters {
  private final JdbcClient jdbc;

  VelocityCounters(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /// Opens with this limit those counters that are not open yet, and reads all of them. Their rows
  /// stay locked until the transaction ends, so that what the rule decides on is still true when the
  /// reservation is made.
  ///
  /// @param askedMinor what the transfer asks of each debit account
  List<Velocity> open(Window window, Map<UUID, Long> askedMinor, long limitMinor) {
    // The insert waits for whoever opens the same counter at this moment, so it needs the order
    // too.
    jdbc.sql(
            """
            INSERT INTO velocity_counter (debit_account_id, currency, window_starts_at,
                                          limit_minor, reserved_minor)
            SELECT account_id, :currency, :windowStartsAt, :limitMinor, 0
              FROM unnest(CAST(:accounts AS uuid[])) AS account_id
             ORDER BY account_id
            ON CONFLICT DO NOTHING
            """)
        .param("currency", window.currency())
        .param("windowStartsAt", Timestamp.from(window.startsAt()))
        .param("limitMinor", limitMinor)
        .param("accounts", accounts(askedMinor))
        .update();
    return lock(window, askedMinor);
  }

  /// Adds to counters that the caller has opened: all or, by throwing, none.
  void reserve(Window window, Map<UUID, Long> amountsMinor) {
    move(window, amountsMinor, 1);
  }

  /// Takes from the counters what was reserved on them: all or, by throwing, none.
  void release(Window window, Map<UUID, Long> amountsMinor) {
    lock(window, amountsMinor);
    move(window, amountsMinor, -1);
  }

  private List<Velocity> lock(Window window, Map<UUID, Long> askedMinor) {
    // Rows are locked after they are sorted, and what they are sorted by never changes.
    return jdbc.sql(
            """
            SELECT debit_account_id, reserved_minor, limit_minor FROM velocity_counter
             WHERE debit_account_id = ANY (CAST(:accounts AS uuid[]))
               AND currency = :currency AND window_starts_at = :windowStartsAt
             ORDER BY debit_account_id
               FOR UPDATE
            """)
        .param("accounts", accounts(askedMinor))
        .param("currency", window.currency())
        .param("windowStartsAt", Timestamp.from(window.startsAt()))
        .query(
            (row, number) -> {
              UUID account = row.getObject("debit_account_id", UUID.class);
              return new Velocity(
                  account,
                  askedMinor.getOrDefault(account, 0L),
                  row.getLong("reserved_minor"),
                  row.getLong("limit_minor"));
            })
        .list();
  }

  private void move(Window window, Map<UUID, Long> amountsMinor, int sign) {
    int moved =
        jdbc.sql(
                """
                UPDATE velocity_counter c
                   SET reserved_minor = c.reserved_minor + :sign * r.amount_minor
                  FROM unnest(CAST(:accounts AS uuid[]), CAST(:amounts AS bigint[]))
                    AS r (account_id, amount_minor)
                 WHERE c.debit_account_id = r.account_id
                   AND c.currency = :currency AND c.window_starts_at = :windowStartsAt
                """)
            .param("sign", sign)
            .param("accounts", accounts(amountsMinor))
            .param("amounts", amountsMinor.values().toArray(Long[]::new))
            .param("currency", window.currency())
            .param("windowStartsAt", Timestamp.from(window.startsAt()))
            .update();
    if (moved != amountsMinor.size()) {
      throw new IllegalStateException("a velocity counter is missing in " + window);
    }
  }

  /// In the map's own order, which is that of its values too.
  private static String[] accounts(Map<UUID, Long> byAccount) {
    return byAccount.keySet().stream().map(UUID::toString).toArray(String[]::new);
  }
}
