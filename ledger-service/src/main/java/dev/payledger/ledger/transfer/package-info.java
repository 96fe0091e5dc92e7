/// Transfers as callers know them: asking for one (`TransferIntake`, read first) and reading them.
@NullMarked
package dev.payledger.ledger.transfer;

import org.jspecify.annotations.NullMarked;
