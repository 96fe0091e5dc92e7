/// What a customer does, through all services. Read `HappyPathIT` first.
///
/// Uses the package above.
@NullMarked
package dev.payledger.system.journey;

import org.jspecify.annotations.NullMarked;
