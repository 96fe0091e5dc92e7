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

/// The sagas, for claiming.
interface SagaStates extends Repository<SagaState, UUID> {

  /// Unfinished sagas whose lease or pause is over and that are not parked, locked. Rows that another instance is claiming
  /// right now are skipped (−2), not waited for: claiming is READ COMMITTED work, and two instances
  /// then share a backlog instead of queueing for it.
  @Lock(LockModeType.PESSIMISTIC_WRITE)
  @QueryHints(@QueryHint(name = "jakarta.persistence.lock.timeout", value = "-2"))
  @Query(
      """
      FROM SagaState s
      WHERE s.step <> dev.payledger.ledger.journal.SagaStep.DONE AND s.dueAt <= :now
        AND s.parkedAt IS NULL
      ORDER BY s.dueAt
      """)
  List<SagaState> lockDue(Instant now, Limit limit);

  @Lock(LockModeType.PESSIMISTIC_WRITE)
  @Query("FROM SagaState s WHERE s.transferId = :transferId")
  Optional<SagaState> lock(UUID transferId);
}
