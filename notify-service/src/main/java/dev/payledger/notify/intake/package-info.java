/// The ledger's events, delivered at least once and applied once. Read `FeedListener` first: parse,
/// first-time check and effect in one transaction, return. What cannot be applied is kept in
/// `dead_letter`, so that the partition goes on; what cannot be stored is retried without end.
@NullMarked
package dev.payledger.notify.intake;

import org.jspecify.annotations.NullMarked;
