package dev.payledger.demo.journey;

import java.util.List;

/// The accounts with fixed ids, the same on every start. The last group of an id is the currency's
/// ISO 4217 number.
public record DemoAccount(String owner, String currency, String id, long fundedMinor) {
  public static final String ALICE = "a11ce000-0000-7000-8000-000000000978";
  public static final String BOB = "b0b00000-0000-7000-8000-000000000978";

  public static final List<DemoAccount> ALL =
      List.of(
          new DemoAccount("alice", "EUR", ALICE, 2_000_000),
          new DemoAccount("alice", "USD", "a11ce000-0000-7000-8000-000000000840", 2_000_000),
          new DemoAccount("bob", "EUR", BOB, 500_000),
          new DemoAccount("bob", "USD", "b0b00000-0000-7000-8000-000000000840", 500_000),
          new DemoAccount("carol", "EUR", "ca401000-0000-7000-8000-000000000978", 100_000),
          new DemoAccount("carol", "USD", "ca401000-0000-7000-8000-000000000840", 100_000));

  /// Where money enters from; only an operator may name it.
  String external() {
    return "e0000000-0000-7000-8000-000000000" + id.substring(id.length() - 3);
  }

  public static DemoAccount of(String owner, String currency) throws Refusal {
    return ALL.stream()
        .filter(account -> account.owner().equals(owner) && account.currency().equals(currency))
        .findFirst()
        .orElseThrow(
            () ->
                new Refusal(
                    "There is no demo account of "
                        + owner
                        + " in "
                        + currency
                        + ": alice, bob and carol have EUR and USD."));
  }
}
