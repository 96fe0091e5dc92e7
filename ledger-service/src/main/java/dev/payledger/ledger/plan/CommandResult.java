package dev.payledger.ledger.plan;

import java.util.Map;
import java.util.UUID;

/// What was decided, and on what: the version that each account had when the command looked at it.
/// With these a serial order can be found that gives every command the same answer.
///
/// @param decidedOn empty when no account had to be looked at
public record CommandResult<O>(O outcome, Map<UUID, Long> decidedOn) {
  static <O> CommandResult<O> of(O outcome) {
    return new CommandResult<>(outcome, Map.of());
  }
}
