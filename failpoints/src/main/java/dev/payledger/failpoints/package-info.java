/// Named places in the life of a transfer, and a way to make a running service die at one of them.
///
/// The services know nothing of it: no class of theirs names it and no jar of theirs holds it. A
/// launcher attaches `FailpointAgent` to a process that runs; until then, and after the process has
/// been started again, there is nothing there. Read `Failpoint` first.
@NullMarked
package dev.payledger.failpoints;

import org.jspecify.annotations.NullMarked;
