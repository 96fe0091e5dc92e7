package dev.payledger.ledger.transfer;

/// The answer of `POST /v1/transfers/dry-run` when the funds would be held now. Fraud screening was not asked,
/// and nothing is remembered.
record DryRunView(boolean dryRun, long amountMinor, String currency) {}
