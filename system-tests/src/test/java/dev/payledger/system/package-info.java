/// The stack as real processes, broken on purpose, by what the tests show: customers' flows
/// (`journey`), faults (`crash`), attacks (`attack`), load (`load`), and the documents and rules of
/// the repository (`house`). After each test on the stack the ledger's own checks run.
///
/// Here is what several of them use. Read `Stack` first, then `journey/HappyPathIT`.
@NullMarked
package dev.payledger.system;

import org.jspecify.annotations.NullMarked;
