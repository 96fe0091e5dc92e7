/// Which trace a request belongs to (W3C Trace Context). Read `Traceparent` first.
@NullMarked
package dev.payledger.gateway.trace;

import org.jspecify.annotations.NullMarked;
