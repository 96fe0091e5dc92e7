/// Have we seen this request? Claims on idempotency keys and the answers kept under them. Read
/// `IdempotentExecutor` first, then `IdempotencyKeys` for the SQL that arbitrates. May call `forward`.
@NullMarked
package dev.payledger.gateway.idempotency;

import org.jspecify.annotations.NullMarked;
