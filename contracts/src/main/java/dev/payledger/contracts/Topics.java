package dev.payledger.contracts;

import java.util.List;

/// The topics of all events. Order holds per key only, so the key is part of the contract.
public final class Topics {
  /// An account was opened, or changed by its owner or an operator. Key: account id; carries the
  /// account's own sequence of changes, 0 for its opening.
  public static final String ACCOUNT = "ledger.account.v1";

  /// One side of a posted journal entry. Key: account id; carries that account's own sequence.
  public static final String ACCOUNT_ENTRY = "ledger.account-entry.v1";

  /// A transfer reached a state. Key: transfer id; carries a sequence per transfer, from 1.
  public static final String TRANSFER = "ledger.transfer.v1";

  /// Those of the ledger's events.
  public static final List<String> OF_LEDGER = List.of(ACCOUNT, ACCOUNT_ENTRY, TRANSFER);

  /// An account was blocked or unblocked. Key: account id; carries a sequence per account, from 1.
  /// Compacted, of one partition; fraud-service creates it.
  public static final String BLOCKED_ACCOUNT = "fraud.blocked-account.v1";

  /// Partitions of each of the ledger's topics. Changing it moves keys and so breaks the order per key.
  public static final int PARTITIONS = 3;

  private Topics() {}
}
