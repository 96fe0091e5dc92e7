package dev.payledger.notify.feed;

import dev.payledger.contracts.AccountEntryEvent;
import dev.payledger.contracts.AccountEntryEvent.Side;
import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.Immutable;

/// One entry of one account's history, as it is shown. Amounts are minor units.
@Entity
@Immutable
@Table(name = "feed_item")
class FeedItem {
  @EmbeddedId private Key key;
  private UUID entryId;
  private UUID transferId;

  @Enumerated(EnumType.STRING)
  private Side side;

  private long amountMinor;
  private String currency;
  private long balanceAfterMinor;
  private Instant postedAt;

  protected FeedItem() {}

  /// The account and its own sequence, from 1 without gaps.
  @Embeddable
  record Key(
      @Column(name = "account_id") UUID accountId, @Column(name = "sequence") long sequence) {}

  long sequence() {
    return key.sequence();
  }

  FeedView.Item view() {
    return new FeedView.Item(
        key.sequence(),
        entryId,
        transferId,
        side,
        amountMinor,
        currency,
        balanceAfterMinor,
        postedAt);
  }

  boolean says(AccountEntryEvent event) {
    return new AccountEntryEvent(
            key.accountId(),
            key.sequence(),
            entryId,
            transferId,
            side,
            amountMinor,
            currency,
            balanceAfterMinor,
            postedAt)
        .equals(event);
  }
}
