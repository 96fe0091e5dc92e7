/// The books, checked: `checks.sql` says what must never be, `Checks` runs it over everything or over a
/// part. `AuditRun` does the latter with what is new, all the time; `RollingAudit` with all there is, step
/// by step along each `Walk`. Read `checks.sql`, then `AuditRun`, then `RollingAudit`.
@NullMarked
package dev.payledger.ledger.audit;

import org.jspecify.annotations.NullMarked;
