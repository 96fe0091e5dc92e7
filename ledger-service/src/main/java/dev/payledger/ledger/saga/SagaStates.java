package dev.payledger.ledger.saga;

import jakarta.persistence.LockModeType;
import jakarta.persistence.QueryHint;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.jpa.repository.QueryHints;
import org.springframework.data.repository.Repository;

/// The sagas, for claiming.
interface SagaStates extends Repository<SagaState, UUID> {

  /// The saga, locked, if it is unfinished and not parked and its lease or pause is over. A row that another
  /// instance is claiming right now is skipped (−2), not waited for: claiming is READ COMMITTED work,
  /// and two instances then share a backlog instead of queueing for it.
  @Lock(LockModeType.PESSIMISTIC_WRITE)
  @QueryHints(@QueryHint(name = "jakarta.persistence.lock.timeout", value = "-2"))
  @Query(
      """
      FROM SagaState s
      WHERE s.transferId = :transferId AND s.step <> dev.payledger.ledger.command.SagaStep.DONE
        AND s.dueAt <= :now AND s.parkedAt IS NULL
      """)
  Optional<SagaState> lockDue(UUID transferId, Instant now);

  @Lock(LockModeType.PESSIMISTIC_WRITE)
  @Query("FROM SagaState s WHERE s.transferId = :transferId")
  Optional<SagaState> lock(UUID transferId);
}
