package dev.payledger.fraud.intake;

import dev.payledger.kit.consumer.DeadLetter;
import dev.payledger.kit.consumer.DeadLetterStore;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// Table `dead_letter`.
@Repository
class DeadLetterTable implements DeadLetterStore {
  private final JdbcClient sql;

  DeadLetterTable(JdbcClient sql) {
    this.sql = sql;
  }

  @Override
  public boolean add(DeadLetter letter) {
    return sql.sql(
                """
                INSERT INTO dead_letter (topic, partition, record_offset, recorded_at, record_key,
                                         record_value, headers, reason, detail, kept_at)
                VALUES (:topic, :partition, :offset, :recordedAt, :key,
                        :value, :headers, :reason, :detail, :keptAt)
                ON CONFLICT (topic, partition, record_offset, recorded_at) DO NOTHING
                """)
            .paramSource(letter)
            .update()
        == 1;
  }
}
