/// Requests that callers must not make: each gets its one answer and changes nothing. Read
/// `AttackSuiteIT` first.
///
/// Uses the package above.
@NullMarked
package dev.payledger.system.attack;

import org.jspecify.annotations.NullMarked;
