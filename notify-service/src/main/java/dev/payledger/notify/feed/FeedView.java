package dev.payledger.notify.feed;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.payledger.contracts.AccountEntryEvent.Side;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A page of a feed, oldest first.
///
/// Instants have six digits always, as the ledger's have.
///
/// @param known whether this feed knows the account as the reader's: its opening may be on its way
/// @param next the cursor of the next page; absent at the end
/// @param resume the cursor of what comes after this page, now or later; always there
@JsonInclude(JsonInclude.Include.NON_NULL)
record FeedView(boolean known, List<Item> items, @Nullable String next, String resume) {
  record Item(
      long sequence,
      UUID entryId,
      UUID transferId,
      Side side,
      long amountMinor,
      String currency,
      long balanceMinor,
      @JsonFormat(pattern = "uuuu-MM-dd'T'HH:mm:ss.SSSSSSX", timezone = "UTC") Instant postedAt) {}
}
