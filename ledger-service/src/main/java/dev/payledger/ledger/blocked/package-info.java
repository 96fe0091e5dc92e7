/// The ledger's copy of the accounts that fraud screening has blocked, for the time in which it cannot
/// be asked. Read `BlockedAccounts`, then `BlockedAccountListener`.
@NullMarked
package dev.payledger.ledger.blocked;

import org.jspecify.annotations.NullMarked;
