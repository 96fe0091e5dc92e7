package dev.payledger.notify.feed;

import dev.payledger.contracts.AccountEvent;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.Immutable;

/// Whose feed it is, as the ledger told when it opened the account.
@Entity
@Immutable
@Table(name = "account")
class Account {
  @Id private UUID accountId;
  private String owner;
  private String name;
  private String currency;
  private Instant openedAt;

  protected Account() {}

  boolean isOwnedBy(String subject) {
    return owner.equals(subject);
  }

  boolean says(AccountEvent event) {
    return accountId.equals(event.accountId())
        && owner.equals(event.owner())
        && name.equals(event.name())
        && currency.equals(event.currency())
        && openedAt.equals(event.occurredAt());
  }
}
