/// What every request carries and how it may end: who calls (`Caller`), how much time is left
/// (`TimeLeft`), which trace it belongs to (`Trace`), the tokens that prove it (`AccessConfiguration`,
/// read first), and errors as RFC 9457 problem documents (`Problem`, `ProblemCode`).
@NullMarked
package dev.payledger.ledger.request;

import org.jspecify.annotations.NullMarked;
