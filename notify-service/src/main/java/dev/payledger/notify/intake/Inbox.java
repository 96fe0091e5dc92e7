package dev.payledger.notify.intake;

import java.sql.Timestamp;
import java.time.Clock;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// The ids of the events that were handled. Written in the transaction of the effect, so that both
/// are there or neither.
@Component
class Inbox {
  private final JdbcClient jdbc;
  private final Clock clock;

  Inbox(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /// Whether this is the first time. A second consumer that has the same event waits here until the
  /// first one commits (then it is not the first) or rolls back (then it is).
  boolean isFirst(UUID eventId) {
    return jdbc.sql(
                """
                INSERT INTO inbox (event_id, handled_at) VALUES (:eventId, :handledAt)
                ON CONFLICT (event_id) DO NOTHING
                """)
            .param("eventId", eventId)
            .param("handledAt", Timestamp.from(clock.instant()))
            .update()
        == 1;
  }
}
