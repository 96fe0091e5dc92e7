/// Calls to the services behind the gateway: one attempt, a deadline, bounded sizes, and three
/// outcomes told apart. Read `Forwarder` first.
@NullMarked
package dev.payledger.gateway.forward;

import org.jspecify.annotations.NullMarked;
