package dev.payledger.ledger.account;

/// Whose business the reference of a transfer is, for queries: who owns every account that it debits.
public final class DebitSide {
  /// Of the transfer `t`, for `:caller` or when `:isOperator`. A subquery with one value is looked up for
  /// each row by index, and never becomes a join of whole tables.
  public static final String IS_THE_CALLER =
      """
      (:isOperator OR (SELECT bool_and(paying.owner = :caller)
        FROM leg JOIN account paying ON paying.id = leg.debit_account_id
        WHERE leg.transfer_id = t.id))""";

  private DebitSide() {}
}
