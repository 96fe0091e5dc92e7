package dev.payledger.bench.jpa;

import jakarta.persistence.LockModeType;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;

interface PlainAccounts extends JpaRepository<PlainAccount, UUID> {
  /// In one order, so that two transfers do not wait for each other in a circle.
  @Lock(LockModeType.PESSIMISTIC_WRITE)
  @Query("SELECT a FROM PlainAccount a WHERE a.id IN :ids ORDER BY a.id")
  List<PlainAccount> lock(Collection<UUID> ids);
}
