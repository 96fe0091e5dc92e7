/// The errors of the gateway: its own codes besides the common ones, and what it answers when nothing
/// else does. Read `GatewayErrorCode` first. Uses the kit's `problem`.
@NullMarked
package dev.payledger.gateway.problem;

import org.jspecify.annotations.NullMarked;
