/// The notify service: one replica's feed of what was posted to each account. It hears the ledger's
/// events at least once and applies each once. Read `intake.FeedListener` first, then `feed.Feeds`.
@NullMarked
package dev.payledger.notify;

import org.jspecify.annotations.NullMarked;
