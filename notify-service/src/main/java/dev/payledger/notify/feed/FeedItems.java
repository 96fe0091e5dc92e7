package dev.payledger.notify.feed;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/// All feed items; a grow-only set keyed by account and sequence. The application role has no right
/// to update or delete one.
interface FeedItems extends Repository<FeedItem, FeedItem.Key> {
  Optional<FeedItem> findById(FeedItem.Key key);

  /// 1, or 0 when the key is taken, whatever its item says.
  @Modifying
  @Query(
      nativeQuery = true,
      value =
          """
          INSERT INTO feed_item (account_id, sequence, entry_id, transfer_id, side, amount_minor,
                                 currency, balance_after_minor, posted_at)
          VALUES (:accountId, :sequence, :entryId, :transferId, :side, :amountMinor,
                  :currency, :balanceAfterMinor, :postedAt)
          ON CONFLICT (account_id, sequence) DO NOTHING
          """)
  int add(
      UUID accountId,
      long sequence,
      UUID entryId,
      UUID transferId,
      String side,
      long amountMinor,
      String currency,
      long balanceAfterMinor,
      Instant postedAt);

  /// The items with these sequences, ascending; fewer when some have not arrived.
  @Query(
      """
      SELECT item FROM FeedItem item
       WHERE item.key.accountId = :accountId AND item.key.sequence BETWEEN :first AND :last
       ORDER BY item.key.sequence
      """)
  List<FeedItem> between(UUID accountId, long first, long last);
}
