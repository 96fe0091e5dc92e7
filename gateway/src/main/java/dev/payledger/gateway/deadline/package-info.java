/// The deadline of every request, which its caller may name. Read `DeadlineFilter` first. Uses the
/// kit's `deadline`.
@NullMarked
package dev.payledger.gateway.deadline;

import org.jspecify.annotations.NullMarked;
