package dev.payledger.gateway.idempotency;

/// The operations that a key can be sent for; the route table has them.
@FunctionalInterface
public interface KeyedOperations {
  boolean has(String operation);
}
