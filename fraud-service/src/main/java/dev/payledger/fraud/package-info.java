/// The fraud service: one verdict per transfer id, explained by the rules that fired, and a velocity
/// reservation that is given back once. Read `assessment.Screening` first, then `rules`.
@NullMarked
package dev.payledger.fraud;

import org.jspecify.annotations.NullMarked;
