/// The transfer saga: hold, screen, post; or compensate. Read `TransferSaga`, which is the whole of it
/// on one screen, then `RecoveryRun`, which goes on where a crash stopped.
@NullMarked
package dev.payledger.ledger.saga;

import org.jspecify.annotations.NullMarked;
