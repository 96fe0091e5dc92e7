/// The ledger: accounts, holds, the journal and the transfer saga. Read `transfer.TransferIntake`
/// first, then `saga.TransferSaga`, then `journal.Journal`.
@NullMarked
package dev.payledger.ledger;

import org.jspecify.annotations.NullMarked;
