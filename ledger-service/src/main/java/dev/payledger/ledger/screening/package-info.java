/// Asks fraud-service about a held transfer, behind a fair bulkhead, a circuit breaker, a time limit
/// and a retry budget, and believes nothing it cannot read. Read `FraudScreening`.
@NullMarked
package dev.payledger.ledger.screening;

import org.jspecify.annotations.NullMarked;
