/// Asks fraud-service about a held transfer, behind a circuit breaker, a bulkhead, a time limit and a
/// retry budget, and believes nothing it cannot read. Read `FraudScreening`.
@NullMarked
package dev.payledger.ledger.screening;

import org.jspecify.annotations.NullMarked;
