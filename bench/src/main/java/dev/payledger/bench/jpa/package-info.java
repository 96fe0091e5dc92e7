/// A ledger as most would begin it: Spring Data JPA, one transaction for each request. Read
/// `PlainLedger`.
@NullMarked
package dev.payledger.bench.jpa;

import org.jspecify.annotations.NullMarked;
