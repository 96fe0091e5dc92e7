package dev.payledger.ledger.account;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/// The accounts, for queries.
public interface Accounts extends Repository<Account, UUID> {
  Optional<Account> findById(UUID id);

  List<Account> findByIdIn(Collection<UUID> ids);

  @Query(
      """
      FROM Account a WHERE (:owner IS NULL OR a.owner = :owner) AND (:after IS NULL OR a.id > :after)
      ORDER BY a.id
      """)
  List<Account> page(@Nullable String owner, @Nullable UUID after, Limit limit);
}
