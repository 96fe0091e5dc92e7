/// The ledger's transfer events, delivered at least once, with an effect once: who has paid whom, and
/// what moved unscreened. Read `TransferListener` first. What cannot be read is kept in `dead_letter`,
/// so that the partition goes on; what cannot be stored is retried without end.
@NullMarked
package dev.payledger.fraud.intake;

import org.jspecify.annotations.NullMarked;
