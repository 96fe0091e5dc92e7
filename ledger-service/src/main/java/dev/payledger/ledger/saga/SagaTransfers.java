package dev.payledger.ledger.saga;

import java.time.OffsetDateTime;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// Finds the transfer of a saga that is taken up again.
@Repository
class SagaTransfers {
  private static final String FIND =
      """
      SELECT id, debit_account_id, credit_account_id, amount_minor, currency, by_operator, expires_at
      FROM transfer WHERE id = :id
      """;

  private final JdbcClient sql;

  SagaTransfers(JdbcClient sql) {
    this.sql = sql;
  }

  SagaTransfer find(UUID id) {
    return sql.sql(FIND)
        .param("id", id)
        .query(
            (row, n) ->
                new SagaTransfer(
                    row.getObject("id", UUID.class),
                    row.getObject("debit_account_id", UUID.class),
                    row.getObject("credit_account_id", UUID.class),
                    row.getLong("amount_minor"),
                    row.getString("currency"),
                    row.getBoolean("by_operator"),
                    row.getObject("expires_at", OffsetDateTime.class).toInstant()))
        .single();
  }
}
