/// The demo's accounts and payments, and the scripted journey of `./demo --check`. Read `Journey`
/// first.
///
/// Calls the services as any customer does, over HTTP through the gateway. Uses no other package of
/// Payledger: a container runs these classes without the rest.
@NullMarked
package dev.payledger.demo.journey;

import org.jspecify.annotations.NullMarked;
