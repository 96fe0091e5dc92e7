package dev.payledger.fraud.assessment;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/// The stored assessments, one per transfer id permanently.
interface Assessments extends Repository<Assessment, UUID> {
  /// Waits for this transfer's turn, which lasts until the transaction ends. It is a lock on the id,
  /// because there may be no row yet to lock; ids that share a hash only wait for each other. The
  /// primary key would refuse a second row even without it.
  @Query(
      nativeQuery = true,
      value =
          """
          SELECT 1 FROM pg_advisory_xact_lock(hashtextextended(CAST(:transferId AS text), 0))
          """)
  int awaitTurn(UUID transferId);

  Optional<Assessment> findById(UUID transferId);

  Assessment save(Assessment assessment);

  /// Marks an assessment released; 1 for the one caller that did, 0 for all later ones.
  @Modifying(clearAutomatically = true)
  @Query(
      nativeQuery = true,
      value =
          """
          UPDATE assessment SET released_at = :releasedAt, moved_minor = :movedMinor
           WHERE transfer_id = :transferId AND released_at IS NULL
          """)
  int release(UUID transferId, Instant releasedAt, long movedMinor);
}
