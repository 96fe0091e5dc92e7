package dev.payledger.ledger.transfer;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/// The transfers, for queries.
interface Transfers extends Repository<Transfer, UUID> {
  Optional<Transfer> findById(UUID id);

  @Query("SELECT t.status FROM Transfer t WHERE t.id = :id")
  Optional<Transfer.Status> statusOf(UUID id);

  /// The transfers that give this one back, or tried to.
  @Query("SELECT t.id FROM Transfer t WHERE t.reverses = :id ORDER BY t.createdAt, t.id")
  List<UUID> reversalsOf(UUID id);

  /// Newest first, before the given instant and id.
  @Query(
      """
      FROM Transfer t WHERE (t.debitAccountId = :account OR t.creditAccountId = :account)
        AND (t.createdAt < :before OR (t.createdAt = :before AND t.id < :beforeId))
      ORDER BY t.createdAt DESC, t.id DESC
      """)
  List<Transfer> page(UUID account, Instant before, UUID beforeId, Limit limit);
}
