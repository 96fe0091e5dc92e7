/// From a committed outbox row to an acknowledged Kafka record. `RelayRun` is the loop and tells the
/// story; `StartDecision` holds the rules that keep a start from skipping events.
@NullMarked
package dev.payledger.relay.outbox;

import org.jspecify.annotations.NullMarked;
