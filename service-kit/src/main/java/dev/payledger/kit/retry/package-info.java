/// How long to wait before another attempt. Uses the JDK only; read `FullJitter`.
@NullMarked
package dev.payledger.kit.retry;

import org.jspecify.annotations.NullMarked;
