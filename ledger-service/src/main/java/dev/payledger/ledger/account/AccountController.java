package dev.payledger.ledger.account;

import dev.payledger.ledger.journal.DatabaseClock;
import dev.payledger.ledger.request.Caller;
import dev.payledger.ledger.request.Cursors;
import dev.payledger.ledger.request.Page;
import dev.payledger.ledger.request.Problem;
import dev.payledger.ledger.request.ProblemCode;
import dev.payledger.ledger.request.Requests;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
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
  private final AccountAdministration administration;
  private final Accounts accounts;
  private final AccountLines lines;
  private final Requests requests;
  private final Cursors cursors;
  private final AccountProperties properties;
  private final JdbcClient sql;
  private final DatabaseClock clock;

  AccountController(
      AccountAdministration administration,
      Accounts accounts,
      AccountLines lines,
      Requests requests,
      Cursors cursors,
      AccountProperties properties,
      JdbcClient sql,
      DatabaseClock clock) {
    this.administration = administration;
    this.accounts = accounts;
    this.lines = lines;
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

  @PostMapping("/{id}/freeze")
  ResponseEntity<AccountView> freeze(
      @PathVariable UUID id,
      @RequestBody(required = false) @Nullable FreezeRequest body,
      Authentication auth) {
    return fresh(administration.freeze(id, body == null ? null : body.side(), Caller.of(auth)));
  }

  @PostMapping("/{id}/unfreeze")
  ResponseEntity<AccountView> unfreeze(@PathVariable UUID id, Authentication auth) {
    return fresh(administration.unfreeze(id, Caller.of(auth)));
  }

  @PostMapping("/{id}/close")
  ResponseEntity<AccountView> close(@PathVariable UUID id, Authentication auth) {
    return fresh(administration.close(id, Caller.of(auth)));
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new Problem(
          ProblemCode.INVALID_REQUEST,
          "asOf must be an instant as in RFC 3339, for example 2026-11-23T10:00:00Z.");
    }
  }

  @PostMapping("/{id}/reopen")
  ResponseEntity<AccountView> reopen(@PathVariable UUID id, Authentication auth) {
    return fresh(administration.reopen(id, Caller.of(auth)));
  }

  @PostMapping("/{id}/overdraft")
  ResponseEntity<AccountView> overdraft(
      @PathVariable UUID id, @RequestBody OverdraftRequest body, Authentication auth) {
    return fresh(administration.allowOverdraft(id, body.limitMinor(), Caller.of(auth)));
  }

  private static <T> ResponseEntity<T> fresh(T body) {
    return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(body);
  }
}
