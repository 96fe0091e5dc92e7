/// The list of blocked accounts: changed by operators and by the configuration, kept with who and
/// why, and told to the ledger, which applies its copy while it cannot ask. Read `BlockedAccounts`,
/// then `BlockedAccountsRun`. Uses `web` for its problems.
@NullMarked
package dev.payledger.fraud.blocking;

import org.jspecify.annotations.NullMarked;
