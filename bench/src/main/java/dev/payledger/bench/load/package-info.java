/// Closed and open loops of callers. Read `Load`. Knows nothing of ledgers.
@NullMarked
package dev.payledger.bench.load;

import org.jspecify.annotations.NullMarked;
