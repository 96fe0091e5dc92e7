package dev.payledger.ledger.transfer;

import dev.payledger.kit.page.PageCursors;
import dev.payledger.kit.problem.CommonErrorCode;
import dev.payledger.kit.problem.ProblemException;
import dev.payledger.ledger.account.Account;
import dev.payledger.ledger.account.Accounts;
import dev.payledger.ledger.request.Caller;
import dev.payledger.ledger.request.LedgerProblems;
import dev.payledger.ledger.request.ListPosition;
import dev.payledger.ledger.request.Page;
import dev.payledger.ledger.request.Pages;
import dev.payledger.ledger.transfer.TransferView.BalanceAfter;
import dev.payledger.ledger.transfer.TransferView.Step;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// Who may see what of a transfer. A list is a fixed number of queries, however long it is.
@Component
class TransferViews {
  private static final Page<UUID> NO_REVERSALS = new Page<>(List.of(), null);
  private static final Page<Step> NO_TIMELINE = new Page<>(List.of(), null);
  private static final List<BalanceAfter> NO_BALANCES = List.of();

  private final Transfers transfers;
  private final Accounts accounts;
  private final Legs legs;
  private final Timelines timelines;
  private final BalancesAfter balances;
  private final TransferList list;
  private final PageCursors cursors;
  private final Pages pages;

  TransferViews(
      Transfers transfers,
      Accounts accounts,
      Legs legs,
      Timelines timelines,
      BalancesAfter balances,
      TransferList list,
      PageCursors cursors,
      Pages pages) {
    this.transfers = transfers;
    this.accounts = accounts;
    this.legs = legs;
    this.timelines = timelines;
    this.balances = balances;
    this.list = list;
    this.cursors = cursors;
    this.pages = pages;
  }

  /// The transfer as far as the caller may see it, or "not found" after a look for accounts all the same:
  /// whether there is one that is somebody else's is not to be told from the time.
  Visible find(UUID id, Caller caller) {
    return visible(
        transfers
            .findById(id)
            .orElseGet(
                () -> {
                  // As many accounts as a plain transfer has. Both ids are equal when the
                  // id is all zeros, which `Set.of` would refuse.
                  UUID another = new UUID(id.getLeastSignificantBits(), 0);
                  own(caller, new HashSet<>(List.of(id, another)));
                  throw LedgerProblems.notFound();
                }),
        caller);
  }

  private Visible visible(Transfer transfer, Caller caller) {
    List<TransferLeg> all = legs.of(transfer);
    Visible visible = new Visible(transfer, all, own(caller, accountsOf(all)));
    if (!visible.isVisible()) {
      throw LedgerProblems.notFound();
    }
    return visible;
  }

  /// What the caller may see of it, or "not found".
  TransferView of(Transfer transfer, Caller caller) {
    return of(transfer, caller, NO_TIMELINE);
  }

  /// With the beginning of what it has been through.
  TransferView withTimeline(Transfer transfer, Caller caller) {
    return of(transfer, caller, timeline(transfer.id(), null, Page.LIMIT_DEFAULT));
  }

  private TransferView of(Transfer transfer, Caller caller, Page<Step> timeline) {
    Visible visible = visible(transfer, caller);
    Page<Transfer> reversals =
        Page.of(
            reversals(transfer.id(), ListPosition.OLDEST, Page.LIMIT_DEFAULT),
            Page.LIMIT_DEFAULT,
            last ->
                new ListPosition(last.createdAt(), last.id())
                    .seal(cursors, reversalsOf(transfer.id())));
    Page<UUID> ids =
        new Page<>(reversals.items().stream().map(Transfer::id).toList(), reversals.next());
    return TransferView.of(
        visible,
        balances.of(List.of(transfer), visible.own()).getOrDefault(transfer.id(), NO_BALANCES),
        ids,
        timeline);
  }

  /// What a transfer has been through, for who sees that: the debit side.
  Page<Step> timeline(UUID id, @Nullable String cursor, int limit, Caller caller) {
    if (!find(id, caller).isDebitSide()) {
      throw new ProblemException(
          CommonErrorCode.FORBIDDEN, "The timeline is for who owns every account that pays.");
    }
    return timeline(id, cursor, limit);
  }

  private Page<Step> timeline(UUID id, @Nullable String cursor, int limit) {
    String list = "timeline of " + id;
    long after = cursor == null ? 0 : Long.parseLong(cursors.open(list, cursor));
    return Page.of(
        timelines.page(id, after, limit + 1),
        limit,
        last -> cursors.seal(list, Long.toString(last.number())));
  }

  /// The transfers that give this one back, oldest first, for who sees that one.
  Page<TransferView> reversals(UUID id, @Nullable String cursor, int limit, Caller caller) {
    find(id, caller);
    ListPosition after = ListPosition.open(cursors, reversalsOf(id), cursor, ListPosition.OLDEST);
    return pages.of(
        of(reversals(id, after, limit), caller),
        limit,
        last -> new ListPosition(last.createdAt(), last.id()).seal(cursors, reversalsOf(id)));
  }

  /// One more than the limit.
  private List<Transfer> reversals(UUID id, ListPosition after, int limit) {
    return transfers.reversals(id, after.at(), after.id(), limit + 1);
  }

  private static String reversalsOf(UUID id) {
    return "reversals of " + id;
  }

  /// What the caller may see of them, in their order; without reversals and timelines.
  List<TransferView> of(Collection<Transfer> several, Caller caller) {
    Map<UUID, List<TransferLeg>> all = legs.of(several);
    Set<UUID> own =
        own(caller, accountsOf(all.values().stream().flatMap(Collection::stream).toList()));
    Map<UUID, List<BalanceAfter>> after = balances.of(several, own);
    return several.stream()
        .map(transfer -> new Visible(transfer, Objects.requireNonNull(all.get(transfer.id())), own))
        .filter(Visible::isVisible)
        .map(
            visible ->
                TransferView.of(
                    visible,
                    after.getOrDefault(visible.transfer().id(), NO_BALANCES),
                    NO_REVERSALS,
                    NO_TIMELINE))
        .toList();
  }

  /// An account's transfers, newest first, as far as the caller may see them.
  Page<TransferView> list(
      TransferFilter filter, @Nullable String cursor, int limit, Caller caller) {
    if (own(caller, Set.of(filter.accountId())).isEmpty()) {
      throw LedgerProblems.notFound();
    }
    ListPosition newest = new ListPosition(filter.time().to(), ListPosition.OLDEST.id());
    TransferList.Found found =
        list.find(
            filter, caller, ListPosition.open(cursors, filter.list(), cursor, newest), limit + 1);
    Map<UUID, TransferView> seen = find(found.ids(), caller);
    ListPosition lookedTo = found.lookedTo();
    return pages.of(
        found.ids().stream().map(seen::get).filter(Objects::nonNull).toList(),
        limit,
        last -> new ListPosition(last.createdAt(), last.id()).seal(cursors, filter.list()),
        lookedTo == null ? null : lookedTo.seal(cursors, filter.list()));
  }

  /// Of those ids, what the caller may see.
  Map<UUID, TransferView> find(Collection<UUID> ids, Caller caller) {
    return of(transfers.findByIdIn(ids), caller).stream()
        .collect(Collectors.toMap(TransferView::id, Function.identity()));
  }

  /// Those of the accounts that are the caller's business.
  Set<UUID> own(Caller caller, Set<UUID> ids) {
    return accounts.findByIdIn(ids).stream()
        .filter(account -> caller.maySee(account.owner()))
        .map(Account::id)
        .collect(Collectors.toSet());
  }

  static Set<UUID> accountsOf(List<TransferLeg> legs) {
    Set<UUID> ids = new HashSet<>();
    legs.forEach(
        leg -> {
          ids.add(leg.debitAccountId());
          ids.add(leg.creditAccountId());
        });
    return ids;
  }
}
