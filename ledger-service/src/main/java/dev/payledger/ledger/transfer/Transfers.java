package dev.payledger.ledger.transfer;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/// The transfers, for queries.
interface Transfers extends Repository<Transfer, UUID> {
  Optional<Transfer> findById(UUID id);

  @Query("SELECT t.status FROM Transfer t WHERE t.id = :id")
  Optional<Transfer.Status> statusOf(UUID id);

  List<Transfer> findByIdIn(Collection<UUID> ids);

  /// The transfers that give this one back, oldest first, after the given instant and id. Attempts that
  /// held no funds are none.
  @Query(
      nativeQuery = true,
      value =
          """
          SELECT * FROM transfer
          WHERE reverses = :id AND NOT refused AND (created_at, id) > (:after, :afterId)
          ORDER BY created_at, id LIMIT :limit
          """)
  List<Transfer> reversals(UUID id, Instant after, UUID afterId, int limit);
}
