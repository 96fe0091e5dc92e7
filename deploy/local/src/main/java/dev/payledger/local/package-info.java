/// The stack on one machine, as processes: a real PostgreSQL, a real Kafka broker and the
/// services, each an operating system process that can be killed. Read `LocalStack` first.
///
/// `ComposeStack` is the same in containers. Uses nothing of the services but their jars. `testkit`
/// borrows the two servers from here.
@NullMarked
package dev.payledger.local;

import org.jspecify.annotations.NullMarked;
