/// The ledger's events, heard at least once and applied once. Read `FeedListener` first: parse,
/// first-time check and effect in one transaction, return. What cannot be applied is kept in
/// `dead_letter`, so that the partition goes on; what cannot be stored is retried for ever.
@NullMarked
package dev.payledger.notify.intake;

import org.jspecify.annotations.NullMarked;
