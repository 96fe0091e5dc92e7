package dev.payledger.relay.outbox;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// The ledger's database as the relay may see it: its identity, the slot, and the outbox to read.
@Repository
class LedgerDatabase {
  private static final String SLOT =
      """
      SELECT active_pid,
             coalesce(wal_status = 'lost', false) AS lost,
             coalesce(confirmed_flush_lsn - '0/0'::pg_lsn, 0)::bigint AS confirmed,
             coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::bigint AS retained
        FROM pg_replication_slots
       WHERE slot_name = ? AND database = current_database()
      """;

  private static final String PAGE =
      """
      SELECT position, id::text AS id, aggregate_type, aggregate_id::text AS aggregate_id, type,
             version, traceparent, payload::text AS payload
        FROM outbox
       WHERE position > ? AND position <= ?
       ORDER BY position
       LIMIT ?
      """;

  // Bounded, so that a look at the lag never becomes a scan of a backlog of millions.
  private static final String BEHIND =
      """
      SELECT count(*) AS rows_behind, min(created_at) AS oldest
        FROM (SELECT created_at FROM outbox WHERE position > ? ORDER BY position LIMIT 100000) late
      """;

  private final JdbcClient jdbc;
  private final RelayProperties properties;

  LedgerDatabase(JdbcClient jdbc, RelayProperties properties) {
    this.jdbc = jdbc;
    this.properties = properties;
  }

  /// Asked over a replication connection: the relay's role may open one, whereas the control
  /// functions that tell the same need a grant.
  LedgerIdentity identity() throws SQLException {
    Properties login = new Properties();
    login.setProperty("user", properties.database().user());
    login.setProperty("password", properties.database().password());
    login.setProperty("replication", "database");
    login.setProperty("preferQueryMode", "simple");
    login.setProperty("assumeMinServerVersion", "17");
    login.setProperty("connectTimeout", "5");
    login.setProperty("socketTimeout", "10");
    try (Connection connection = DriverManager.getConnection(properties.database().url(), login);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("IDENTIFY_SYSTEM")) {
      row.next();
      return new LedgerIdentity(row.getString("systemid"), row.getInt("timeline"));
    }
  }

  @Nullable ReplicationSlot slot() {
    return jdbc.sql(SLOT)
        .param(properties.slot())
        .query(
            (row, number) ->
                new ReplicationSlot(
                    row.getObject("active_pid", Integer.class),
                    row.getBoolean("lost"),
                    row.getLong("confirmed"),
                    row.getLong("retained")))
        .optional()
        .orElse(null);
  }

  boolean hasPublication() {
    return jdbc.sql("SELECT count(*) FROM pg_publication WHERE pubname = ?")
            .param(properties.publication())
            .query(Long.class)
            .single()
        > 0;
  }

  /// Returns when the slot has its consistent point: PostgreSQL waits for transactions that run now.
  void createSlot() {
    jdbc.sql("SELECT 1 FROM pg_create_logical_replication_slot(?, 'pgoutput')")
        .param(properties.slot())
        .query(Integer.class)
        .single();
  }

  /// The last position of the outbox, and a number that every transaction now running is below:
  /// once `isSettled` says so for that number, no row up to that position can appear any more.
  OutboxEnd end() {
    long position = lastPosition();
    // Read after the position: a transaction that could still fill a gap below it is running now.
    String horizon =
        jdbc.sql("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")
            .query(String.class)
            .single();
    return new OutboxEnd(position, horizon);
  }

  boolean isSettled(OutboxEnd end) {
    return jdbc.sql("SELECT pg_snapshot_xmin(pg_current_snapshot()) >= ?::xid8")
        .param(end.horizon())
        .query(Boolean.class)
        .single();
  }

  long lastPosition() {
    return jdbc.sql("SELECT coalesce(max(position), 0) FROM outbox").query(Long.class).single();
  }

  List<OutboxEvent> page(long afterPosition, OutboxEnd end, int size) {
    return jdbc.sql(PAGE)
        .params(List.of(afterPosition, end.position(), size))
        .query(
            (row, number) ->
                new OutboxEvent(
                    row.getLong("position"),
                    OutboxEvent.topic(row.getString("aggregate_type")),
                    row.getString("aggregate_id"),
                    row.getString("id"),
                    row.getString("type"),
                    row.getInt("version"),
                    row.getString("traceparent"),
                    row.getString("payload")))
        .list();
  }

  /// What was committed after the position, by the outbox's own numbering.
  Backlog behind(long position, Instant now) {
    return jdbc.sql(BEHIND)
        .param(position)
        .query(
            (row, number) ->
                new Backlog(
                    row.getLong("rows_behind"),
                    Optional.ofNullable(row.getTimestamp("oldest"))
                        .map(Timestamp::toInstant)
                        .map(oldest -> Duration.between(oldest, now))
                        .orElse(Duration.ZERO)))
        .single();
  }

  /// @param horizon a PostgreSQL xid8, as text
  record OutboxEnd(long position, String horizon) {}

  /// @param age of the oldest row that is not published
  record Backlog(long rows, Duration age) {
    static final Backlog NONE = new Backlog(0, Duration.ZERO);
  }
}
