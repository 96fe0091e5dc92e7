/// Requests that mean exactly one thing: strict JSON, and each id in one spelling. Read `StrictJson`
/// first. Uses no other package of the kit. A service imports `StrictJson` and `ExactIds`.
@NullMarked
package dev.payledger.kit.json;

import org.jspecify.annotations.NullMarked;
