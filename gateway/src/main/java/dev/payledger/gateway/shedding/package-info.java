/// Whether the service behind can take a request now: an adaptive concurrency limit with three
/// priorities. Read `ConcurrencyLimiter` first, then `AdaptiveLimit`.
@NullMarked
package dev.payledger.gateway.shedding;

import org.jspecify.annotations.NullMarked;
