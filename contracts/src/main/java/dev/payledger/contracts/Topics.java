package dev.payledger.contracts;

import java.util.List;

/// The topics of the ledger's events. Order holds per key only, so the key is part of the contract.
public final class Topics {
  /// An account was opened, or changed by its owner or an operator. Key: account id; carries the
  /// account's own sequence of changes, 0 for its opening.
  public static final String ACCOUNT = "ledger.account.v1";

  /// One side of a posted journal entry. Key: account id; carries that account's own sequence.
  public static final String ACCOUNT_ENTRY = "ledger.account-entry.v1";

  /// A transfer reached a state. Key: transfer id; carries a sequence per transfer, from 1.
  public static final String TRANSFER = "ledger.transfer.v1";

  public static final List<String> ALL = List.of(ACCOUNT, ACCOUNT_ENTRY, TRANSFER);

  /// Partitions per topic. Changing it moves keys and so breaks the order per key.
  public static final int PARTITIONS = 3;

  private Topics() {}
}
