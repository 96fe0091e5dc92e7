package dev.payledger.ledger.transfer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// The legs of transfers, for queries.
@Repository
class Legs {
  private static final String FIND =
      """
      SELECT transfer_id, leg, debit_account_id, credit_account_id, amount_minor, reversed_minor
      FROM transfer_leg WHERE transfer_id IN (:transfers) ORDER BY transfer_id, leg
      """;

  private final JdbcClient sql;

  Legs(JdbcClient sql) {
    this.sql = sql;
  }

  List<TransferLeg> of(Transfer transfer) {
    return Objects.requireNonNull(of(List.of(transfer)).get(transfer.id()));
  }

  /// By transfer. One with a single leg has it in its own row; those of all others are one query.
  Map<UUID, List<TransferLeg>> of(Collection<Transfer> transfers) {
    Map<UUID, List<TransferLeg>> legs = new HashMap<>();
    List<UUID> withSeveral = new ArrayList<>();
    for (Transfer transfer : transfers) {
      if (transfer.legCount() == 1) {
        legs.put(
            transfer.id(),
            List.of(
                new TransferLeg(
                    1,
                    transfer.debitAccountId(),
                    transfer.creditAccountId(),
                    transfer.amountMinor(),
                    transfer.reversedMinor())));
      } else {
        legs.put(transfer.id(), new ArrayList<>());
        withSeveral.add(transfer.id());
      }
    }
    if (!withSeveral.isEmpty()) {
      sql.sql(FIND)
          .param("transfers", withSeveral)
          .query(
              row -> {
                Objects.requireNonNull(legs.get(row.getObject("transfer_id", UUID.class)))
                    .add(
                        new TransferLeg(
                            row.getInt("leg"),
                            row.getObject("debit_account_id", UUID.class),
                            row.getObject("credit_account_id", UUID.class),
                            row.getLong("amount_minor"),
                            row.getLong("reversed_minor")));
              });
    }
    return legs;
  }
}
