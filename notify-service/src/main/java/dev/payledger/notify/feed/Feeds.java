package dev.payledger.notify.feed;

import dev.payledger.contracts.AccountEntryEvent;
import dev.payledger.contracts.AccountEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Component;

/// What this replica knows of every account. Both sets only grow and merge in any order, any number
/// of times, to the same content; nothing here depends on when or how often an event came.
@Component
public class Feeds {
  private final Accounts accounts;
  private final FeedItems items;

  Feeds(Accounts accounts, FeedItems items) {
    this.accounts = accounts;
    this.items = items;
  }

  /// Adds an account; refuses to run outside a transaction.
  public Merge add(AccountEvent event) {
    if (accounts.add(
            event.accountId(), event.owner(), event.name(), event.currency(), event.occurredAt())
        == 1) {
      return Merge.ADDED;
    }
    return accounts.findById(event.accountId()).orElseThrow().says(event)
        ? Merge.ALREADY_THERE
        : Merge.CONFLICT;
  }

  /// Adds an item to its account's feed; refuses to run outside a transaction.
  public Merge add(AccountEntryEvent event) {
    if (items.add(
            event.accountId(),
            event.sequence(),
            event.entryId(),
            event.transferId(),
            event.side().name(),
            event.amountMinor(),
            event.currency(),
            event.balanceAfterMinor(),
            event.postedAt())
        == 1) {
      return Merge.ADDED;
    }
    return items
            .findById(new FeedItem.Key(event.accountId(), event.sequence()))
            .orElseThrow()
            .says(event)
        ? Merge.ALREADY_THERE
        : Merge.CONFLICT;
  }

  /// The items that follow a sequence, as far as they are there without a gap: a reader never sees an
  /// item before all that came before it.
  ///
  /// @param after the last sequence that the reader has seen, 0 for none
  Page read(UUID accountId, Reader reader, long after, int limit) {
    boolean isAllowed =
        accounts
            .findById(accountId)
            .filter(account -> reader.isOperator() || account.isOwnedBy(reader.subject()))
            .isPresent();
    if (!isAllowed) {
      return Page.OF_UNKNOWN;
    }
    List<FeedItem> prefix = new ArrayList<>();
    for (FeedItem item : items.between(accountId, after + 1, after + limit + 1)) {
      if (item.sequence() != after + prefix.size() + 1) {
        break;
      }
      prefix.add(item);
    }
    boolean isMore = prefix.size() > limit;
    return new Page(isMore ? prefix.subList(0, limit) : prefix, isMore, true);
  }

  /// Who asks.
  record Reader(String subject, boolean isOperator) {}

  /// @param isMore the next item is there too
  /// @param isKnown whether this replica knows the account as the reader's
  record Page(List<FeedItem> items, boolean isMore, boolean isKnown) {
    /// A replica cannot tell an account that is not there from one whose opening is on its way, and tells
    /// nobody that there is one of somebody else.
    static final Page OF_UNKNOWN = new Page(List.of(), false, false);
  }
}
