/// Faults for people to try, in the `demo` profile only: this service slow, failing, silent or
/// talking nonsense, for a while. Read `FaultFilter`. Knows the paths of assessments and nothing else.
@NullMarked
package dev.payledger.fraud.demo;

import org.jspecify.annotations.NullMarked;
