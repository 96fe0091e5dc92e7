/// The feed of each account: items as a grow-only set keyed by the account's own sequence, shown to
/// the owner up to the first gap. Read `Feeds` first. Knows neither Kafka nor how often an event came.
@NullMarked
package dev.payledger.notify.feed;

import org.jspecify.annotations.NullMarked;
