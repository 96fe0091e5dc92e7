/// The whole stack on one machine: PostgreSQL, Kafka and the five services. `LocalStack` runs them
/// as operating system processes, `ComposeStack` as containers. Read `LocalStack` first.
///
/// Uses `server`, and of the services only their jars. `demo-console` and the system tests use this
/// package.
@NullMarked
package dev.payledger.stack;

import org.jspecify.annotations.NullMarked;
