/// Connections: requests that do not arrive, and callers who should leave. Read `Connections` first. Uses the
/// container and nothing else of the gateway.
@NullMarked
package dev.payledger.gateway.connection;

import org.jspecify.annotations.NullMarked;
