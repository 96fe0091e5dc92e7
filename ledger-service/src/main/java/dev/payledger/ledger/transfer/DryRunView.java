package dev.payledger.ledger.transfer;

/// What a request with `dryRun` is answered with when its funds would be held now. Fraud screening was not
/// asked, and nothing is remembered.
record DryRunView(boolean dryRun, long amountMinor, String currency) {}
