/// The commands behind `./demo`, for a stack of processes or of containers. Read `Demo` first, then
/// `Launch` and `Commands`.
///
/// Uses `running`, `journey`, and the module `stack`.
@NullMarked
package dev.payledger.demo;

import org.jspecify.annotations.NullMarked;
