package dev.payledger.ledger.saga;

import jakarta.persistence.LockModeType;
import jakarta.persistence.QueryHint;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.jpa.repository.QueryHints;
import org.springframework.data.repository.Repository;

/// The releases that are still owed, for claiming.
interface ScreeningReleases extends Repository<ScreeningRelease, UUID> {
  /// Skips (−2) what another instance is claiming right now.
  @Lock(LockModeType.PESSIMISTIC_WRITE)
  @QueryHints(@QueryHint(name = "jakarta.persistence.lock.timeout", value = "-2"))
  @Query("FROM ScreeningRelease r WHERE r.releasedAt IS NULL AND r.dueAt <= :now ORDER BY r.dueAt")
  List<ScreeningRelease> lockDue(Instant now, Limit limit);

  Optional<ScreeningRelease> findById(UUID transferId);
}
