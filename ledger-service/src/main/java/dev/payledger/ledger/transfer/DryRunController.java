package dev.payledger.ledger.transfer;

import dev.payledger.kit.problem.Problem;
import dev.payledger.kit.problem.ProblemException;
import dev.payledger.kit.trace.Traceparent;
import dev.payledger.ledger.command.JournalCommand.HoldFunds;
import dev.payledger.ledger.journal.DatabaseClock;
import dev.payledger.ledger.journal.DryRun;
import dev.payledger.ledger.journal.DryRun.Outcome;
import dev.payledger.ledger.money.Money;
import dev.payledger.ledger.money.RejectionReason;
import dev.payledger.ledger.request.Caller;
import dev.payledger.ledger.transfer.DryRunView.Item;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.core.Authentication;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/// Dry runs: 200 when the journal would accept the same request without `/dry-run` now, or the same 400, 403,
/// 404 or 422. Fraud screening, which may decline it, is not asked. Nothing is stored.
@RestController
class DryRunController {
  private final TransferCommands commands;
  private final DryRun dryRun;

  DryRunController(
      TransferCommands commands,
      JdbcClient sql,
      DatabaseClock clock,
      PlatformTransactionManager transactions) {
    this.commands = commands;
    this.dryRun = new DryRun(sql, clock, transactions);
  }

  @PostMapping("/v1/transfers/dry-run")
  ResponseEntity<DryRunView> create(
      @RequestBody TransferRequest body, HttpServletRequest request, Authentication auth) {
    return hold(commands.create(UUID.randomUUID(), body, Caller.of(auth), Traceparent.of(request)));
  }

  @PostMapping("/v1/transfers/{id}/reversals/dry-run")
  ResponseEntity<DryRunView> reverse(
      @PathVariable UUID id,
      @RequestBody ReversalRequest body,
      HttpServletRequest request,
      Authentication auth) {
    return hold(
        commands.reverse(UUID.randomUUID(), id, body, Caller.of(auth), Traceparent.of(request)));
  }

  @PostMapping("/v1/transfers/{id}/capture/dry-run")
  ResponseEntity<DryRunView> capture(
      @PathVariable UUID id,
      @RequestBody(required = false) @Nullable CaptureRequest body,
      Authentication auth) {
    CaptureRequest asked = body == null ? CaptureRequest.ALL : body;
    return answer(dryRun.ofChange(commands.capture(UUID.randomUUID(), id, asked, Caller.of(auth))));
  }

  @PostMapping("/v1/transfers/{id}/void/dry-run")
  ResponseEntity<DryRunView> voidTransfer(
      @PathVariable UUID id,
      @RequestBody(required = false) TransferController.@Nullable Nothing body,
      Authentication auth) {
    return answer(dryRun.ofChange(commands.voidTransfer(UUID.randomUUID(), id, Caller.of(auth))));
  }

  /// Each item is planned after those before it, as if they were held by then and not posted. The items of
  /// a real batch have no order.
  @PostMapping("/v1/transfer-batches/dry-run")
  ResponseEntity<DryRunView.Batch> batch(
      @RequestBody TransferBatchRequest body, HttpServletRequest request, Authentication auth) {
    Caller caller = Caller.of(auth);
    Traceparent trace = Traceparent.of(request);
    Set<UUID> own = commands.ownDebits(caller, body.items());
    List<HoldFunds> asked = new ArrayList<>();
    List<@Nullable Problem> refused = new ArrayList<>();
    for (TransferRequest item : body.items()) {
      try {
        asked.add(commands.create(UUID.randomUUID(), item, caller, trace, own));
        refused.add(null);
      } catch (ProblemException e) {
        refused.add(e.problem());
      }
    }
    Iterator<Outcome> outcomes = dryRun.ofHolds(asked).iterator();
    return fresh(
        new DryRunView.Batch(
            true,
            refused.stream()
                .map(
                    problem ->
                        problem == null ? item(outcomes.next(), trace) : rejected(problem, trace))
                .toList()));
  }

  private static Item item(Outcome outcome, Traceparent trace) {
    return switch (outcome) {
      case Outcome.Accepted(Money money) -> new Item(HttpStatus.OK.value(), view(money), null);
      case Outcome.Rejected(RejectionReason reason) ->
          rejected(Rejections.ofDryRun(reason).problem(), trace);
    };
  }

  private static Item rejected(Problem problem, Traceparent trace) {
    return new Item(problem.code().status(), null, problem.body(trace.traceId()));
  }

  private ResponseEntity<DryRunView> hold(HoldFunds command) {
    return answer(dryRun.ofHolds(List.of(command)).getFirst());
  }

  private static ResponseEntity<DryRunView> answer(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Accepted(Money money) -> fresh(view(money));
      case Outcome.Rejected(RejectionReason reason) -> throw Rejections.ofDryRun(reason);
    };
  }

  private static DryRunView view(Money money) {
    return new DryRunView(true, money.amountMinor(), money.currency());
  }

  private static <T> ResponseEntity<T> fresh(T body) {
    return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(body);
  }
}
