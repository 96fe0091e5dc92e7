/// The books, checked: `checks.sql` says what must never be, `Checks` runs it. Read `checks.sql`.
@NullMarked
package dev.payledger.ledger.audit;

import org.jspecify.annotations.NullMarked;
