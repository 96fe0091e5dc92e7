package dev.payledger.ledger.account;

import dev.payledger.kit.deadline.Deadline;
import dev.payledger.kit.page.PageCursors;
import dev.payledger.kit.problem.CommonErrorCode;
import dev.payledger.kit.problem.ProblemException;
import dev.payledger.kit.trace.Traceparent;
import dev.payledger.ledger.command.AccountChange;
import dev.payledger.ledger.command.Sides;
import dev.payledger.ledger.plan.AccountStatus;
import dev.payledger.ledger.request.Caller;
import dev.payledger.ledger.request.CommandIdHeader;
import dev.payledger.ledger.request.Page;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.Authentication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/accounts`.
@RestController
@RequestMapping("/v1/accounts")
class AccountController {
  private static final UUID NO_ID = new UUID(0, 0);

  private final AccountAdministration administration;
  private final Accounts accounts;
  private final AccountList list;
  private final Holds holds;
  private final AccountChanges changes;
  private final PageCursors cursors;

  AccountController(
      AccountAdministration administration,
      Accounts accounts,
      AccountList list,
      Holds holds,
      AccountChanges changes,
      PageCursors cursors) {
    this.administration = administration;
    this.accounts = accounts;
    this.list = list;
    this.holds = holds;
    this.changes = changes;
    this.cursors = cursors;
  }

  @PostMapping
  ResponseEntity<AccountView> open(
      @RequestBody OpenAccountRequest body, HttpServletRequest request, Authentication auth) {
    Caller caller = Caller.of(auth);
    String owner = body.owner() == null ? caller.subject() : body.owner();
    if (!caller.maySee(owner)) {
      throw new ProblemException(
          CommonErrorCode.FORBIDDEN, "Only an operator opens an account for somebody else.");
    }
    if (Caller.isReserved(owner)) {
      throw new ProblemException(
          CommonErrorCode.FORBIDDEN,
          "Nobody opens an account for '" + owner + "': it is the ledger's.");
    }
    UUID id =
        administration.open(
            CommandIdHeader.of(request, caller),
            owner,
            body.name(),
            body.currency(),
            Deadline.of(request));
    return ResponseEntity.created(URI.create("/v1/accounts/" + id))
        .cacheControl(CacheControl.noStore())
        .body(AccountView.of(administration.of(id, caller)));
  }

  @GetMapping
  ResponseEntity<Page<AccountView>> list(
      @RequestParam @Nullable String owner,
      @RequestParam @Nullable String currency,
      @RequestParam(required = false) @Nullable AccountStatus status,
      @RequestParam @Nullable Integer limit,
      @RequestParam @Nullable String cursor,
      Authentication auth) {
    Caller caller = Caller.of(auth);
    int checked = Page.checkedLimit(limit);
    AccountFilter filter = new AccountFilter(owner, currency, status);
    String list = filter.list(caller);
    String ofOwner = owner != null || caller.isOperator() ? owner : caller.subject();
    if (ofOwner != null && !caller.maySee(ofOwner)) {
      // As each of them is: as if it were not there.
      return fresh(new Page<>(List.of(), null));
    }
    AccountList.Found found =
        this.list.find(
            ofOwner,
            filter,
            cursor == null ? NO_ID : UUID.fromString(cursors.open(list, cursor)),
            checked + 1);
    Map<UUID, Account> all =
        accounts.findByIdIn(found.ids()).stream()
            .collect(Collectors.toMap(Account::id, Function.identity()));
    UUID lookedTo = found.lookedTo();
    return fresh(
        Page.of(
            found.ids().stream()
                .map(id -> AccountView.of(Objects.requireNonNull(all.get(id))))
                .toList(),
            checked,
            last -> cursors.seal(list, last.id().toString()),
            lookedTo == null ? null : cursors.seal(list, lookedTo.toString())));
  }

  @GetMapping("/{id}")
  ResponseEntity<AccountView> one(@PathVariable UUID id, Authentication auth) {
    return fresh(AccountView.of(administration.of(id, Caller.of(auth))));
  }

  @GetMapping(path = "/{id}/balance", params = "!asOf")
  ResponseEntity<BalanceView> balance(@PathVariable UUID id, Authentication auth) {
    return fresh(BalanceView.of(AccountView.of(administration.of(id, Caller.of(auth)))));
  }

  @GetMapping("/{id}/holds")
  ResponseEntity<HoldsView> holds(
      @PathVariable UUID id,
      @RequestParam @Nullable Integer limit,
      @RequestParam @Nullable String cursor,
      Authentication auth) {
    int checked = Page.checkedLimit(limit);
    UUID account = administration.of(id, Caller.of(auth)).id();
    String list = "holds of " + account;
    UUID after = cursor == null ? NO_ID : UUID.fromString(cursors.open(list, cursor));
    List<Holds.Row> rows = holds.page(account, after, checked + 1);
    Page<HoldsView.Hold> page =
        Page.of(
            rows.stream().map(Holds.Row::hold).filter(Objects::nonNull).toList(),
            checked,
            last -> cursors.seal(list, last.transferId().toString()));
    Holds.Row amounts = rows.getFirst();
    return fresh(
        new HoldsView(
            account,
            amounts.currency(),
            amounts.balanceMinor(),
            amounts.balanceMinor() - amounts.heldMinor(),
            amounts.heldMinor(),
            amounts.version(),
            page.items(),
            page.next()));
  }

  /// An owner's freeze stops debits; an operator's both sides, unless told otherwise.
  @PostMapping("/{id}/freeze")
  ResponseEntity<AccountView> freeze(
      @PathVariable UUID id,
      @RequestBody(required = false) @Nullable FreezeRequest body,
      HttpServletRequest request,
      Authentication auth) {
    FreezeRequest asked = body == null ? FreezeRequest.EMPTY : body;
    Sides sides = asked.side();
    if (sides == null) {
      sides = Caller.of(auth).isOperator() ? Sides.BOTH : Sides.DEBITS;
    }
    return change(id, new AccountChange.Freeze(sides), asked.reason(), request, auth);
  }

  @PostMapping("/{id}/unfreeze")
  ResponseEntity<AccountView> unfreeze(
      @PathVariable UUID id,
      @RequestBody(required = false) @Nullable ChangeRequest body,
      HttpServletRequest request,
      Authentication auth) {
    return change(id, new AccountChange.Unfreeze(), reason(body), request, auth);
  }

  @PostMapping("/{id}/close")
  ResponseEntity<AccountView> close(
      @PathVariable UUID id,
      @RequestBody(required = false) @Nullable ChangeRequest body,
      HttpServletRequest request,
      Authentication auth) {
    return change(id, new AccountChange.Close(), reason(body), request, auth);
  }

  @PostMapping("/{id}/reopen")
  ResponseEntity<AccountView> reopen(
      @PathVariable UUID id,
      @RequestBody(required = false) @Nullable ChangeRequest body,
      HttpServletRequest request,
      Authentication auth) {
    return change(id, new AccountChange.Reopen(), reason(body), request, auth);
  }

  @PostMapping("/{id}/overdraft")
  ResponseEntity<AccountView> overdraft(
      @PathVariable UUID id,
      @RequestBody OverdraftRequest body,
      HttpServletRequest request,
      Authentication auth) {
    return change(id, new AccountChange.Overdraft(body.limitMinor()), body.reason(), request, auth);
  }

  @GetMapping("/{id}/changes")
  ResponseEntity<Page<AccountChangeView>> changes(
      @PathVariable UUID id,
      @RequestParam @Nullable Integer limit,
      @RequestParam @Nullable String cursor,
      Authentication auth) {
    Caller caller = Caller.of(auth);
    int checked = Page.checkedLimit(limit);
    UUID account = administration.of(id, caller).id();
    String list = "changes of " + account;
    long after = cursor == null ? 0 : Long.parseLong(cursors.open(list, cursor));
    return fresh(
        Page.of(
            changes.page(account, after, checked + 1).stream()
                .map(change -> caller.isOperator() ? change : change.forTheOwner())
                .toList(),
            checked,
            last -> cursors.seal(list, Long.toString(last.number()))));
  }

  private ResponseEntity<AccountView> change(
      UUID id,
      AccountChange change,
      @Nullable String reason,
      HttpServletRequest request,
      Authentication auth) {
    Caller caller = Caller.of(auth);
    return fresh(
        administration.change(
            CommandIdHeader.of(request, caller),
            id,
            change,
            reason,
            caller,
            Traceparent.of(request),
            Deadline.of(request)));
  }

  private static @Nullable String reason(@Nullable ChangeRequest body) {
    return body == null ? null : body.reason();
  }

  private static <T> ResponseEntity<T> fresh(T body) {
    return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(body);
  }
}
