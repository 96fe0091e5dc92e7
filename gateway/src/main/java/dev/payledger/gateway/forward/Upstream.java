package dev.payledger.gateway.forward;

/// A service behind the gateway.
public enum Upstream {
  LEDGER,
  NOTIFY
}
