package dev.payledger.ledger.transfer;

import dev.payledger.ledger.journal.Leg;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// The legs of transfers, for queries.
@Repository
class Legs {
  private static final String FIND =
      """
      SELECT debit_account_id, credit_account_id, amount_minor
      FROM transfer_leg WHERE transfer_id = :transfer ORDER BY leg
      """;

  private final JdbcClient sql;

  Legs(JdbcClient sql) {
    this.sql = sql;
  }

  /// One with a single leg has it in its own row.
  List<Leg> of(Transfer transfer) {
    return transfer.legCount() == 1
        ? List.of(
            new Leg(transfer.debitAccountId(), transfer.creditAccountId(), transfer.amountMinor()))
        : sql.sql(FIND)
            .param("transfer", transfer.id())
            .query(
                (row, n) ->
                    new Leg(
                        row.getObject("debit_account_id", UUID.class),
                        row.getObject("credit_account_id", UUID.class),
                        row.getLong("amount_minor")))
            .list();
  }
}
