package dev.payledger.ledger.blocked;

import dev.payledger.kit.consumer.DeadLetter;
import dev.payledger.kit.consumer.DeadLetterStore;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// Table `unreadable_event`.
@Repository
class UnreadableEventTable implements DeadLetterStore {
  private final JdbcClient sql;

  UnreadableEventTable(JdbcClient sql) {
    this.sql = sql;
  }

  @Override
  public boolean add(DeadLetter letter) {
    return sql.sql(
                """
                INSERT INTO unreadable_event (topic, partition, record_offset, recorded_at,
                  record_key, record_value, detail, kept_at)
                VALUES (:topic, :partition, :offset, :recordedAt, :key, :value, :detail, :keptAt)
                ON CONFLICT DO NOTHING
                """)
            .paramSource(letter)
            .update()
        == 1;
  }
}
