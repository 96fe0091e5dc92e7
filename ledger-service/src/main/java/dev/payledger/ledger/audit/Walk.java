package dev.payledger.ledger.audit;

import dev.payledger.ledger.audit.AuditProgress.Round;
import java.math.BigInteger;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;

/// The tables that a round of the rolling audit goes through, each along its primary key, in this order
/// (the table of the round stores its number). A place is the key of the last row, written so that
/// places sort like keys.
enum Walk {
  /// Accounts and their lines. An account with more lines than a step has room for takes several steps.
  LINES(0, "seen_account|seen_line") {
    @Override
    Step next(JdbcClient sql, Round from, int rows) {
      return lines(sql, from, rows);
    }
  },
  /// Transfers with their legs, holds, entries, events and reversals.
  TRANSFERS(1, "seen_transfer|seen_leg|seen_entry|seen_allowance") {
    @Override
    Step next(JdbcClient sql, Round from, int rows) {
      return transfers(sql, from, rows);
    }
  },
  COMMANDS(2, "seen_command") {
    @Override
    Step next(JdbcClient sql, Round from, int rows) {
      List<UUID> ids = after(sql, from, rows, "SELECT id FROM command", "id", UUID_OF_ID);
      return Step.of(AuditWindow.commands(ids), ids, rows, UUID::toString);
    }
  },
  /// Entries of no transfer: all others were looked at with theirs.
  ENTRIES(3, "seen_entry") {
    @Override
    Step next(JdbcClient sql, Round from, int rows) {
      return entries(sql, from, rows);
    }
  },
  CHANGES(4, "seen_change") {
    @Override
    Step next(JdbcClient sql, Round from, int rows) {
      return changes(sql, from, rows);
    }
  },
  EVENTS(5, "seen_event") {
    @Override
    Step next(JdbcClient sql, Round from, int rows) {
      long place = from.place().isEmpty() ? 0 : Long.parseLong(from.place());
      List<Long> positions =
          sql.sql(
                  "SELECT position FROM outbox WHERE position > :place ORDER BY position LIMIT :rows")
              .param("place", place)
              .param("rows", rows)
              .query(Long.class)
              .list();
      AuditWindow seen =
          positions.isEmpty()
              ? AuditWindow.NOTHING
              : AuditWindow.events(place, positions.getLast());
      return Step.of(seen, positions, rows, Walk::sortable);
    }
  },
  ALLOWANCES(6, "seen_allowance") {
    @Override
    Step next(JdbcClient sql, Round from, int rows) {
      return allowances(sql, from, rows);
    }
  };

  private static final UUID BEFORE_ALL = new UUID(0, 0);
  private static final RowMapper<UUID> UUID_OF_ID = (row, n) -> row.getObject("id", UUID.class);

  /// Rows of other tables that a row takes with it, about.
  private static final int ROWS_OF_AN_ACCOUNT = 4;

  private static final int ROWS_OF_A_TRANSFER = 4;

  /// Of an account whose lines were all looked at; sorts after every number.
  private static final String ALL = "~";

  private final int number;
  private final String parts;

  Walk(int number, String parts) {
    this.number = number;
    this.parts = parts;
  }

  /// The next part.
  ///
  /// @param rows how many rows it has at most, about
  abstract Step next(JdbcClient sql, Round from, int rows);

  /// The names that the checks of this walk have for what they look at, as a pattern.
  String parts() {
    return parts;
  }

  /// As it is stored, and in the order of the walks.
  int number() {
    return number;
  }

  static Walk of(int number) {
    return values()[number];
  }

  Walk next() {
    return this == ALLOWANCES ? LINES : of(number + 1);
  }

  /// A part of the walk.
  ///
  /// @param place key of its last row
  /// @param isEnd whether nothing comes after it
  /// @param partly account whose lines it does not look at to the end, the last one; or none
  /// @param rows how many rows it has, about
  record Step(
      AuditWindow seen,
      String place,
      boolean isEnd,
      boolean partly,
      long rows,
      BigInteger debitsMinor,
      BigInteger creditsMinor) {

    static <T> Step of(AuditWindow seen, List<T> keys, int rows, Function<T, String> place) {
      return of(
          seen, keys.isEmpty() ? "" : place.apply(keys.getLast()), keys.size() < rows, keys.size());
    }

    static Step of(AuditWindow seen, String place, boolean isEnd, long rows) {
      return new Step(seen, place, isEnd, false, rows, BigInteger.ZERO, BigInteger.ZERO);
    }

    /// The last account alone.
    AuditWindow last() {
      return AuditWindow.lines(List.of(seen.lines().getLast()));
    }

    /// With the sums up to where the last account's lines were looked at.
    Step with(AuditProgress.Sums sums) {
      return new Step(seen, place, isEnd, partly, rows, sums.debitsMinor(), sums.creditsMinor());
    }
  }

  private static Step lines(JdbcClient sql, Round from, int rows) {
    record Account(UUID id, long lineCount) {}
    String[] place = from.place().split(" ", -1);
    boolean goesOn = place.length > 1 && !place[1].equals(ALL);
    UUID id = from.place().isEmpty() ? BEFORE_ALL : UUID.fromString(place[0]);
    int accountsMax = Math.max(1, rows / ROWS_OF_AN_ACCOUNT);
    List<Account> accounts =
        sql.sql(
                "SELECT id, line_count FROM account WHERE id "
                    + (goesOn ? ">=" : ">")
                    + " :id ORDER BY id LIMIT :max")
            .param("id", id)
            .param("max", accountsMax)
            .query(
                (row, n) -> new Account(row.getObject("id", UUID.class), row.getLong("line_count")))
            .list();
    List<AuditWindow.Lines> lines = new ArrayList<>();
    long left = rows;
    for (Account account : accounts) {
      boolean isPartly = goesOn && account.id().equals(id);
      long seq = isPartly ? Long.parseLong(place[1]) : 0;
      long seqTo = Math.min(account.lineCount(), seq + left);
      lines.add(
          new AuditWindow.Lines(
              account.id(),
              seq,
              isPartly ? from.debitsMinor() : BigInteger.ZERO,
              isPartly ? from.creditsMinor() : BigInteger.ZERO,
              seqTo));
      left -= ROWS_OF_AN_ACCOUNT + Math.max(0, seqTo - seq);
      if (seqTo < account.lineCount()) {
        return new Step(
            AuditWindow.lines(lines),
            account.id() + " " + sortable(seqTo),
            false,
            true,
            rows - left,
            BigInteger.ZERO,
            BigInteger.ZERO);
      }
      if (left <= 0) {
        break;
      }
    }
    boolean isEnd = lines.size() == accounts.size() && accounts.size() < accountsMax;
    String to = lines.isEmpty() ? "" : lines.getLast().accountId() + " " + ALL;
    return Step.of(AuditWindow.lines(lines), to, isEnd, rows - left);
  }

  private static Step transfers(JdbcClient sql, Round from, int rows) {
    record Sized(UUID id, long rows) {}
    int max = Math.max(1, rows / ROWS_OF_A_TRANSFER);
    List<Sized> next =
        after(
            sql,
            from,
            max,
            "SELECT id, 2 * leg_count + capture_count + reversal_count + event_count AS rows FROM transfer",
            "id",
            (row, n) -> new Sized(row.getObject("id", UUID.class), row.getLong("rows")));
    List<UUID> ids = new ArrayList<>();
    long left = rows;
    for (Sized transfer : next) {
      ids.add(transfer.id());
      left -= transfer.rows();
      if (left <= 0) {
        break;
      }
    }
    boolean isEnd = ids.size() == next.size() && next.size() < max;
    return Step.of(
        AuditWindow.transfers(ids),
        ids.isEmpty() ? "" : ids.getLast().toString(),
        isEnd,
        rows - left);
  }

  private static Step entries(JdbcClient sql, Round from, int rows) {
    record Entry(UUID id, UUID transferId) {}
    List<Entry> next =
        after(
            sql,
            from,
            rows,
            "SELECT id, transfer_id FROM journal_entry",
            "id",
            (row, n) ->
                new Entry(
                    row.getObject("id", UUID.class), row.getObject("transfer_id", UUID.class)));
    Set<UUID> alone = new HashSet<>(next.stream().map(Entry::transferId).toList());
    sql.sql("SELECT id FROM transfer WHERE id = ANY (CAST(:ids AS uuid[]))")
        .param("ids", AuditWindow.array(alone, UUID::toString))
        .query(UUID.class)
        .list()
        .forEach(alone::remove);
    return Step.of(
        AuditWindow.transfers(List.copyOf(alone)), next, rows, entry -> entry.id().toString());
  }

  private static Step changes(JdbcClient sql, Round from, int rows) {
    String[] place = from.place().split(" ", -1);
    List<AuditWindow.Change> next =
        sql.sql(
                """
                SELECT account_id, number FROM account_change
                WHERE (account_id, number) > (:id, :number) ORDER BY account_id, number LIMIT :rows
                """)
            .param("id", from.place().isEmpty() ? BEFORE_ALL : UUID.fromString(place[0]))
            .param("number", from.place().isEmpty() ? 0 : Long.parseLong(place[1]))
            .param("rows", rows)
            .query(
                (row, n) ->
                    new AuditWindow.Change(
                        row.getObject("account_id", UUID.class), row.getLong("number")))
            .list();
    return Step.of(
        AuditWindow.changes(next),
        next,
        rows,
        change -> change.accountId() + " " + sortable(change.number()));
  }

  private static Step allowances(JdbcClient sql, Round from, int rows) {
    String[] place = from.place().split(" ", -1);
    List<AuditWindow.Allowance> next =
        sql.sql(
                """
                SELECT account_id, window_start FROM offline_allowance
                WHERE (account_id, window_start) > (:id, :window)
                ORDER BY account_id, window_start LIMIT :rows
                """)
            .param("id", from.place().isEmpty() ? BEFORE_ALL : UUID.fromString(place[0]))
            .param(
                "window",
                from.place().isEmpty()
                    ? OffsetDateTime.MIN
                    : Instant.parse(place[1]).atOffset(ZoneOffset.UTC))
            .param("rows", rows)
            .query(
                (row, n) ->
                    new AuditWindow.Allowance(
                        row.getObject("account_id", UUID.class),
                        row.getObject("window_start", OffsetDateTime.class)))
            .list();
    return Step.of(
        AuditWindow.allowances(next),
        next,
        rows,
        allowance -> allowance.accountId() + " " + allowance.windowStart().toInstant());
  }

  private static <T> List<T> after(
      JdbcClient sql, Round from, int rows, String select, String key, RowMapper<T> mapper) {
    return sql.sql(select + " WHERE " + key + " > :place ORDER BY " + key + " LIMIT :rows")
        .param("place", from.place().isEmpty() ? BEFORE_ALL : UUID.fromString(from.place()))
        .param("rows", rows)
        .query(mapper)
        .list();
  }

  private static String sortable(long number) {
    return "%019d".formatted(number);
  }
}
