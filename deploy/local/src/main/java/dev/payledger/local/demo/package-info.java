/// The commands behind `./demo`: people's side of the local stack. Read `Demo` first, then `Launch`.
///
/// Talks to the services as any caller does, over HTTP through the gateway.
@NullMarked
package dev.payledger.local.demo;

import org.jspecify.annotations.NullMarked;
