package dev.payledger.ledger.account;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.repository.Repository;

/// The accounts, for queries.
public interface Accounts extends Repository<Account, UUID> {
  Optional<Account> findById(UUID id);

  List<Account> findByIdIn(Collection<UUID> ids);
}
