/// The postman: carries the ledger's committed outbox rows to Kafka, at least once and in order per
/// key. Read `outbox.RelayRun` first.
@NullMarked
package dev.payledger.relay;

import org.jspecify.annotations.NullMarked;
