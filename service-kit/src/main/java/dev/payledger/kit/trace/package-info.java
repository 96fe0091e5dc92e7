/// Which trace a request or an event belongs to (W3C Trace Context), and its id in the log. Read
/// `Traceparent` first. Uses no other package of the kit.
@NullMarked
package dev.payledger.kit.trace;

import org.jspecify.annotations.NullMarked;
