package dev.payledger.gateway.idempotency;

/// The states of a key's row, as the database spells them.
enum KeyState {
  CLAIMED,
  RELEASED,
  ANSWERED
}
