/// The books, checked: `checks.sql` says what must never be, `Checks` runs it over everything or over
/// what is new, `AuditRun` does the latter all the time. Read `checks.sql`, then `AuditRun`.
@NullMarked
package dev.payledger.ledger.audit;

import org.jspecify.annotations.NullMarked;
