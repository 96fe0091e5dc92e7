package dev.payledger.notify.feed;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/// The accounts that this replica has heard of; a grow-only set.
interface Accounts extends Repository<Account, UUID> {
  Optional<Account> findById(UUID accountId);

  /// 1, or 0 when the account is there already, whatever it says.
  @Modifying
  @Query(
      nativeQuery = true,
      value =
          """
          INSERT INTO account (account_id, owner, name, currency, opened_at)
          VALUES (:accountId, :owner, :name, :currency, :openedAt)
          ON CONFLICT (account_id) DO NOTHING
          """)
  int add(UUID accountId, String owner, String name, String currency, Instant openedAt);
}
