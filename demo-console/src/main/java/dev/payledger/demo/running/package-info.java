/// A stack that another command started: how it is found, shown, killed and stopped, and what a
/// start needs of the machine. Read `RunningStack` first.
///
/// Uses `journey` for refusals and the demo's secrets, and the module `stack`.
@NullMarked
package dev.payledger.demo.running;

import org.jspecify.annotations.NullMarked;
