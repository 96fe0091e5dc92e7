package dev.payledger.ledger.account;

import dev.payledger.ledger.journal.AccountChange;
import dev.payledger.ledger.journal.DatabaseClock;
import dev.payledger.ledger.journal.Sides;
import dev.payledger.ledger.request.Caller;
import dev.payledger.ledger.request.Cursors;
import dev.payledger.ledger.request.Page;
import dev.payledger.ledger.request.Problem;
import dev.payledger.ledger.request.ProblemCode;
import dev.payledger.ledger.request.Requests;
import dev.payledger.ledger.request.Trace;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
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
  private static final Pattern RFC_3339 =
      Pattern.compile(
          "[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt]([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?"
              + "([Zz]|[+-][0-9]{2}:[0-9]{2})");

  private final AccountAdministration administration;
  private final Accounts accounts;
  private final AccountLines lines;
  private final AccountChanges changes;
  private final Requests requests;
  private final Cursors cursors;
  private final AccountProperties properties;
  private final JdbcClient sql;
  private final DatabaseClock clock;

  AccountController(
      AccountAdministration administration,
      Accounts accounts,
      AccountLines lines,
      AccountChanges changes,
      Requests requests,
      Cursors cursors,
      AccountProperties properties,
      JdbcClient sql,
      DatabaseClock clock) {
    this.administration = administration;
    this.accounts = accounts;
    this.lines = lines;
    this.changes = changes;
    this.requests = requests;
    this.cursors = cursors;
    this.properties = properties;
    this.sql = sql;
    this.clock = clock;
  }

  @PostMapping
  ResponseEntity<AccountView> open(
      @RequestBody OpenAccountRequest body, HttpServletRequest request, Authentication auth) {
    Caller caller = Caller.of(auth);
    String owner = body.owner() == null ? caller.subject() : body.owner();
    if (!caller.maySee(owner)) {
      throw new Problem(
          ProblemCode.FORBIDDEN, "Only an operator opens an account for somebody else.");
    }
    if (Caller.isReserved(owner)) {
      throw new Problem(
          ProblemCode.FORBIDDEN,
          "Nobody opens an account for '" + owner + "': it is the ledger's.");
    }
    UUID id =
        administration.open(
            requests.commandId(request, caller),
            owner,
            body.name(),
            body.currency(),
            requests.timeLeft(request));
    return ResponseEntity.created(URI.create("/v1/accounts/" + id))
        .cacheControl(CacheControl.noStore())
        .body(AccountView.of(administration.of(id, caller)));
  }

  @GetMapping
  ResponseEntity<Page<AccountView>> list(
      @RequestParam @Nullable Integer limit,
      @RequestParam @Nullable String cursor,
      Authentication auth) {
    Caller caller = Caller.of(auth);
    int checked = Page.checkedLimit(limit);
    String list = "accounts of " + caller.subject();
    UUID after = cursor == null ? null : UUID.fromString(cursors.open(list, cursor));
    return fresh(
        Page.of(
            accounts
                .page(caller.isOperator() ? null : caller.subject(), after, Limit.of(checked + 1))
                .stream()
                .map(AccountView::of)
                .toList(),
            checked,
            last -> cursors.seal(list, last.id().toString())));
  }

  @GetMapping("/{id}")
  ResponseEntity<AccountView> one(@PathVariable UUID id, Authentication auth) {
    return fresh(AccountView.of(administration.of(id, Caller.of(auth))));
  }

  @GetMapping(path = "/{id}/balance", params = "!asOf")
  ResponseEntity<BalanceView> balance(@PathVariable UUID id, Authentication auth) {
    return fresh(BalanceView.of(AccountView.of(administration.of(id, Caller.of(auth)))));
  }

  @GetMapping(path = "/{id}/balance", params = "asOf")
  ResponseEntity<PastBalanceView> balanceAsOf(
      @PathVariable UUID id, @RequestParam("asOf") String text, Authentication auth) {
    Instant asOf = instant(text);
    Account account = administration.of(id, Caller.of(auth));
    Instant settled = clock.now(sql).minus(properties.settleTime());
    if (asOf.isAfter(settled)) {
      throw new Problem(
          ProblemCode.AS_OF_NOT_SETTLED,
          ("asOf must be at least %d s ago: entries of that time may still arrive. Ask again then,"
                  + " or leave asOf out for the balance now.")
              .formatted(properties.settleTime().toSeconds()));
    }
    // The database keeps microseconds and would round up; no book is older than the epoch.
    Instant asked =
        asOf.isBefore(Instant.EPOCH) ? Instant.EPOCH : asOf.truncatedTo(ChronoUnit.MICROS);
    return fresh(lines.asOf(account.id(), account.currency(), asked));
  }

  @GetMapping("/{id}/entries")
  ResponseEntity<Page<AccountLine>> entries(
      @PathVariable UUID id,
      @RequestParam @Nullable Integer limit,
      @RequestParam @Nullable String cursor,
      Authentication auth) {
    int checked = Page.checkedLimit(limit);
    UUID account = administration.of(id, Caller.of(auth)).id();
    String list = "entries of " + account;
    long after = cursor == null ? 0 : Long.parseLong(cursors.open(list, cursor));
    return fresh(
        Page.of(
            lines.page(account, after, checked + 1),
            checked,
            last -> cursors.seal(list, Long.toString(last.sequence()))));
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
            requests.commandId(request, caller),
            id,
            change,
            reason,
            caller,
            Trace.of(request),
            requests.timeLeft(request)));
  }

  private static @Nullable String reason(@Nullable ChangeRequest body) {
    return body == null ? null : body.reason();
  }

  private static Instant instant(String text) {
    // RFC 3339 has no 24:00 and no year of more or less than four digits; ISO 8601 has.
    if (RFC_3339.matcher(text).matches()) {
      try {
        return OffsetDateTime.parse(text.toUpperCase(Locale.ROOT)).toInstant();
      } catch (DateTimeParseException e) {
        // As if it had another form.
      }
    }
    throw new Problem(
        ProblemCode.INVALID_REQUEST,
        "asOf must be an instant as in RFC 3339, for example 2026-11-23T10:00:00Z.");
  }

  private static <T> ResponseEntity<T> fresh(T body) {
    return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(body);
  }
}
