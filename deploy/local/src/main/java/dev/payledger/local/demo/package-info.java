/// The commands behind `./demo`: people's side of the stack, as processes or as containers.
/// Read `Demo` first, then `Launch` and `RunningStack`.
///
/// Talks to the services as any caller does, over HTTP through the gateway.
@NullMarked
package dev.payledger.local.demo;

import org.jspecify.annotations.NullMarked;
