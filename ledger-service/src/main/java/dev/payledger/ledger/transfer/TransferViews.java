package dev.payledger.ledger.transfer;

import dev.payledger.ledger.account.Account;
import dev.payledger.ledger.account.Accounts;
import dev.payledger.ledger.journal.Leg;
import dev.payledger.ledger.request.Caller;
import dev.payledger.ledger.request.Problem;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/// Who may see what of a transfer.
@Component
class TransferViews {
  private final Transfers transfers;
  private final Accounts accounts;
  private final Legs legs;
  private final Timelines timelines;

  TransferViews(Transfers transfers, Accounts accounts, Legs legs, Timelines timelines) {
    this.transfers = transfers;
    this.accounts = accounts;
    this.legs = legs;
    this.timelines = timelines;
  }

  /// The transfer, or "not found" after a look for accounts all the same: whether there is one that is somebody
  /// else's is not to be told from the time.
  Transfer find(UUID id, Caller caller) {
    return transfers
        .findById(id)
        .orElseGet(
            () -> {
              own(caller, Set.of(id, new UUID(id.getLeastSignificantBits(), 0)));
              throw Problem.notFound();
            });
  }

  /// What the caller may see of it, or "not found".
  TransferView of(Transfer transfer, Caller caller) {
    return of(transfer, caller, List.of());
  }

  /// With what it has been through.
  TransferView withTimeline(Transfer transfer, Caller caller) {
    return of(transfer, caller, timelines.of(transfer.id()));
  }

  private TransferView of(Transfer transfer, Caller caller, List<TransferView.Step> timeline) {
    List<Leg> all = legs.of(transfer);
    Set<UUID> own = own(caller, accountsOf(all));
    if (own.isEmpty()) {
      throw Problem.notFound();
    }
    TransferView view =
        TransferView.of(
            transfer, all, own::contains, transfers.reversalsOf(transfer.id()), timeline);
    return Objects.requireNonNull(view);
  }

  /// As the account's owner sees them.
  List<TransferView> of(Collection<Transfer> page, UUID accountId) {
    return page.stream()
        .map(t -> TransferView.of(t, legs.of(t), accountId::equals, List.of(), List.of()))
        .filter(Objects::nonNull)
        .toList();
  }

  List<Leg> legsOf(Transfer transfer) {
    return legs.of(transfer);
  }

  /// Those of the accounts that are the caller's business.
  Set<UUID> own(Caller caller, Set<UUID> ids) {
    return accounts.findByIdIn(ids).stream()
        .filter(account -> caller.maySee(account.owner()))
        .map(Account::id)
        .collect(Collectors.toSet());
  }

  static Set<UUID> accountsOf(List<Leg> legs) {
    Set<UUID> ids = new HashSet<>();
    legs.forEach(
        leg -> {
          ids.add(leg.debitAccountId());
          ids.add(leg.creditAccountId());
        });
    return ids;
  }
}
