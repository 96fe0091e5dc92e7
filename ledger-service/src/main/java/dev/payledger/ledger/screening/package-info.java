/// Asks fraud-service about a held transfer, behind a circuit breaker, a bulkhead and a time limit,
/// and believes nothing it cannot read. Read `FraudScreening`.
@NullMarked
package dev.payledger.ledger.screening;

import org.jspecify.annotations.NullMarked;
