package dev.payledger.ledger.account;

import dev.payledger.kit.page.PageCursors;
import dev.payledger.kit.problem.ProblemException;
import dev.payledger.ledger.journal.DatabaseClock;
import dev.payledger.ledger.request.Caller;
import dev.payledger.ledger.request.LedgerErrorCode;
import dev.payledger.ledger.request.Page;
import dev.payledger.ledger.request.TimeRange;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.core.Authentication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// What happened on an account: its entries, its balance at an instant, and both as a statement.
@RestController
@RequestMapping("/v1/accounts")
class HistoryController {
  private static final MediaType CSV = MediaType.parseMediaType("text/csv;charset=UTF-8");

  private final AccountAdministration administration;
  private final AccountLines lines;
  private final PageCursors cursors;
  private final AccountProperties properties;
  private final JdbcClient sql;
  private final DatabaseClock clock;

  HistoryController(
      AccountAdministration administration,
      AccountLines lines,
      PageCursors cursors,
      AccountProperties properties,
      JdbcClient sql,
      DatabaseClock clock) {
    this.administration = administration;
    this.lines = lines;
    this.cursors = cursors;
    this.properties = properties;
    this.sql = sql;
    this.clock = clock;
  }

  @GetMapping(path = "/{id}/balance", params = "asOf")
  ResponseEntity<PastBalanceView> balanceAsOf(
      @PathVariable UUID id, @RequestParam("asOf") String text, Authentication auth) {
    Instant asOf = TimeRange.instant("asOf", text);
    Account account = administration.of(id, Caller.of(auth));
    requireSettled("asOf", asOf, ", or leave asOf out for the balance now");
    // The database keeps microseconds and would round up; no book is older than the epoch.
    Instant asked =
        asOf.isBefore(Instant.EPOCH) ? Instant.EPOCH : asOf.truncatedTo(ChronoUnit.MICROS);
    return fresh(lines.asOf(account.id(), account.currency(), asked));
  }

  @GetMapping("/{id}/entries")
  ResponseEntity<Page<AccountLine>> entries(
      @PathVariable UUID id,
      @RequestParam @Nullable String from,
      @RequestParam @Nullable String to,
      @RequestParam(required = false) AccountLines.@Nullable Order order,
      @RequestParam @Nullable Integer limit,
      @RequestParam @Nullable String cursor,
      Authentication auth) {
    Caller caller = Caller.of(auth);
    int checked = Page.checkedLimit(limit);
    TimeRange time = TimeRange.of(from, to);
    UUID account = administration.of(id, caller).id();
    AccountLines.Order asked = order == null ? AccountLines.Order.OLDEST_FIRST : order;
    String list =
        PageCursors.list(
            "entries of " + account,
            asked,
            from == null ? null : time.from(),
            to == null ? null : time.to());
    long first = from == null ? 1 : lines.before(account, time.from()).sequence() + 1;
    long last = to == null ? Long.MAX_VALUE : lines.before(account, time.to()).sequence();
    if (cursor != null) {
      long seen = Long.parseLong(cursors.open(list, cursor));
      switch (asked) {
        case OLDEST_FIRST -> first = Math.max(first, seen + 1);
        case NEWEST_FIRST -> last = Math.min(last, seen - 1);
      }
    }
    return fresh(
        Page.of(
            lines.page(account, caller, first, last, asked, checked + 1),
            checked,
            line -> cursors.seal(list, Long.toString(line.sequence()))));
  }

  /// As JSON, or as CSV; the next page is a link too, for who has no JSON.
  @GetMapping("/{id}/statement")
  ResponseEntity<?> statement(
      @PathVariable UUID id,
      @RequestParam String from,
      @RequestParam String to,
      @RequestParam(required = false) @Nullable Format format,
      @RequestParam @Nullable Integer limit,
      @RequestParam @Nullable String cursor,
      Authentication auth) {
    Caller caller = Caller.of(auth);
    int checked = Page.checkedLimit(limit);
    TimeRange time = TimeRange.of(from, to);
    Account account = administration.of(id, caller);
    requireSettled("to", time.to(), "");
    String list = PageCursors.list("statement of " + account.id(), time.from(), time.to());
    AccountLines.Position opening = lines.before(account.id(), time.from());
    AccountLines.Position closing = lines.before(account.id(), time.to());
    long after = cursor == null ? opening.sequence() : Long.parseLong(cursors.open(list, cursor));
    Page<AccountLine> page =
        Page.of(
            lines.page(
                account.id(),
                caller,
                after + 1,
                closing.sequence(),
                AccountLines.Order.OLDEST_FIRST,
                checked + 1),
            checked,
            line -> cursors.seal(list, Long.toString(line.sequence())));
    StatementView statement =
        new StatementView(
            account.id(),
            account.currency(),
            time.from(),
            time.to(),
            cursor == null,
            opening.balanceMinor(),
            closing.balanceMinor(),
            page.items(),
            page.next());
    ResponseEntity.BodyBuilder answer = ResponseEntity.ok().cacheControl(CacheControl.noStore());
    Format asked = format == null ? Format.JSON : format;
    if (page.next() != null) {
      answer.header(
          HttpHeaders.LINK,
          "</v1/accounts/%s/statement?from=%s&to=%s&format=%s&limit=%d&cursor=%s>; rel=\"next\""
              .formatted(account.id(), time.from(), time.to(), asked, checked, page.next()));
    }
    return switch (asked) {
      case JSON -> answer.body(statement);
      case CSV -> answer.contentType(CSV).body(statement.csv());
    };
  }

  /// Of a statement.
  enum Format {
    JSON,
    CSV
  }

  /// Entries of a later time may still arrive.
  private void requireSettled(String name, Instant instant, String otherwise) {
    if (instant.isAfter(clock.now(sql).minus(properties.settleTime()))) {
      throw new ProblemException(
          LedgerErrorCode.AS_OF_NOT_SETTLED,
          "%s must be at least %d s ago: entries of that time may still arrive. Ask again then%s."
              .formatted(name, properties.settleTime().toSeconds(), otherwise));
    }
  }

  private static <T> ResponseEntity<T> fresh(T body) {
    return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(body);
  }
}
