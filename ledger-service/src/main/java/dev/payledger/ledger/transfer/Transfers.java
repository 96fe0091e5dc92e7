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

  /// Newest first, before the given instant and id. Attempts that held no funds are the payer's only:
  /// anybody may make as many as they like. Each way in which an account can take part has its own
  /// index; a transfer has up to 50 legs of one account.
  @Query(
      nativeQuery = true,
      value =
          """
          SELECT * FROM transfer WHERE id IN (
            (SELECT id FROM transfer
              WHERE debit_account_id = :account AND (created_at, id) < (:before, :beforeId)
              ORDER BY created_at DESC, id DESC LIMIT :limit)
            UNION
            (SELECT id FROM transfer
              WHERE credit_account_id = :account AND NOT refused
                AND (created_at, id) < (:before, :beforeId)
              ORDER BY created_at DESC, id DESC LIMIT :limit)
            UNION
            (SELECT DISTINCT transfer_id FROM (SELECT transfer_id FROM transfer_leg
              WHERE debit_account_id = :account AND (created_at, transfer_id) < (:before, :beforeId)
              ORDER BY created_at DESC, transfer_id DESC LIMIT 50 * :limit) debits)
            UNION
            (SELECT DISTINCT transfer_id FROM (SELECT transfer_id FROM transfer_leg
              WHERE credit_account_id = :account AND NOT refused
                AND (created_at, transfer_id) < (:before, :beforeId)
              ORDER BY created_at DESC, transfer_id DESC LIMIT 50 * :limit) credits))
          ORDER BY created_at DESC, id DESC LIMIT :limit
          """)
  List<Transfer> page(UUID account, Instant before, UUID beforeId, int limit);
}
