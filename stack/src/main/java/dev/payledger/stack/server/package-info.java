/// Real servers as child processes: PostgreSQL, Kafka, Redis, and a TCP proxy in front of one. Read
/// `PostgresServer` first.
///
/// Uses no other package of Payledger. `testkit`, `bench` and the package above use it.
@NullMarked
package dev.payledger.stack.server;

import org.jspecify.annotations.NullMarked;
