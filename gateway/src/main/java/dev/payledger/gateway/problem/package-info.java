/// Every error the gateway says, as RFC 9457 problem documents with stable codes. Read `ProblemCode`
/// first; whoever says no builds a `Problem` and hands it to `Problems`.
@NullMarked
package dev.payledger.gateway.problem;

import org.jspecify.annotations.NullMarked;
