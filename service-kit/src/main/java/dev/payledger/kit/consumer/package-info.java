/// What a service needs to consume events from Kafka: it reads a record strictly, retries what fails,
/// and keeps what it cannot apply as a dead letter. Read `ConsumerConfiguration` first, then
/// `EventFields`. A service imports the configuration and gives it a `ConsumerRetries` and a
/// `DeadLetters` on a table of its own. Uses `json`, `retry` and `trace`. Knows no topic, no table and no event.
@NullMarked
package dev.payledger.kit.consumer;

import org.jspecify.annotations.NullMarked;
