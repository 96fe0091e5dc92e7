package dev.payledger.ledger.transfer;

import dev.payledger.ledger.account.Account;
import dev.payledger.ledger.account.Accounts;
import dev.payledger.ledger.journal.RejectionReason;
import dev.payledger.ledger.request.Caller;
import dev.payledger.ledger.request.Cursors;
import dev.payledger.ledger.request.Page;
import dev.payledger.ledger.request.Problem;
import dev.payledger.ledger.request.ProblemCode;
import dev.payledger.ledger.request.Requests;
import dev.payledger.ledger.request.TimeLeft;
import dev.payledger.ledger.request.Trace;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.Authentication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/transfers`.
@RestController
@RequestMapping("/v1/transfers")
class TransferController {
  private static final UUID LARGEST_ID = new UUID(-1L, -1L);
  private static final long WAIT_MAX_MS = 30_000;

  /// The newest instant that a cursor can begin before.
  private static final Instant END_OF_TIME = Instant.parse("9999-01-01T00:00:00Z");

  private final TransferIntake intake;
  private final Transfers transfers;
  private final Accounts accounts;
  private final Requests requests;
  private final Cursors cursors;

  TransferController(
      TransferIntake intake,
      Transfers transfers,
      Accounts accounts,
      Requests requests,
      Cursors cursors) {
    this.intake = intake;
    this.transfers = transfers;
    this.accounts = accounts;
    this.requests = requests;
    this.cursors = cursors;
  }

  /// 201 when final, 202 while pending, 422 when rejected.
  @PostMapping
  ResponseEntity<TransferView> create(
      @RequestBody TransferRequest body, HttpServletRequest request, Authentication auth) {
    Transfer transfer =
        intake.create(
            requests.commandId(request),
            body,
            Caller.of(auth),
            Trace.of(request),
            requests.timeLeft(request));
    return answer(transfer);
  }

  /// The same answers; the transfer that is given back shows how much of it was.
  @PostMapping("/{id}/reversals")
  ResponseEntity<TransferView> reverse(
      @PathVariable UUID id,
      @RequestBody ReversalRequest body,
      HttpServletRequest request,
      Authentication auth) {
    return answer(
        intake.reverse(
            requests.commandId(request),
            id,
            body,
            Caller.of(auth),
            Trace.of(request),
            requests.timeLeft(request)));
  }

  private static ResponseEntity<TransferView> answer(Transfer transfer) {
    return switch (transfer.status()) {
      case POSTED -> answer(HttpStatus.CREATED, transfer);
      case PENDING -> answer(HttpStatus.ACCEPTED, transfer);
      case REJECTED -> throw rejected(transfer);
      case EXPIRED ->
          throw new Problem(
              ProblemCode.TRANSFER_EXPIRED.status(),
              ProblemCode.TRANSFER_EXPIRED.code(),
              ProblemCode.TRANSFER_EXPIRED.retryable(),
              "The transfer could not be finished in time; its funds are available again. Ask for it"
                  + " again under a new idempotency key.",
              Map.of("transferId", transfer.id()));
    };
  }

  /// With `waitMs`, waits that long at most for the transfer to become final.
  @GetMapping("/{id}")
  ResponseEntity<TransferView> one(
      @PathVariable UUID id,
      @RequestParam(defaultValue = "0") long waitMs,
      HttpServletRequest request,
      Authentication auth) {
    if (waitMs < 0 || waitMs > WAIT_MAX_MS) {
      throw new Problem(
          ProblemCode.INVALID_REQUEST, "waitMs must be from 0 to " + WAIT_MAX_MS + ".");
    }
    Caller caller = Caller.of(auth);
    Transfer transfer = transfers.findById(id).orElseThrow(Problem::notFound);
    boolean isDebitSide = maySee(transfer.debitAccountId(), caller);
    if (!isDebitSide && !maySee(transfer.creditAccountId(), caller)) {
      throw Problem.notFound();
    }
    Duration timeLeft = requests.timeLeft(request).toDuration();
    Duration wait = Duration.ofMillis(waitMs);
    Transfer latest =
        intake.awaitFinal(id, TimeLeft.of(wait.compareTo(timeLeft) < 0 ? wait : timeLeft));
    return ResponseEntity.ok()
        .cacheControl(CacheControl.noStore())
        .body(TransferView.of(latest, isDebitSide, transfers.reversalsOf(id)));
  }

  @GetMapping
  ResponseEntity<Page<TransferView>> list(
      @RequestParam UUID accountId,
      @RequestParam @Nullable Integer limit,
      @RequestParam @Nullable String cursor,
      Authentication auth) {
    if (!maySee(accountId, Caller.of(auth))) {
      throw Problem.notFound();
    }
    int checked = Page.checkedLimit(limit);
    String list = "transfers of " + accountId;
    String[] position =
        cursor == null
            ? new String[] {END_OF_TIME.toString(), LARGEST_ID.toString()}
            : cursors.open(list, cursor).split(" ", 2);
    Page<Transfer> page =
        Page.of(
            transfers.page(
                accountId,
                Instant.parse(position[0]),
                UUID.fromString(position[1]),
                Limit.of(checked + 1)),
            checked,
            last -> cursors.seal(list, last.createdAt() + " " + last.id()));
    return ResponseEntity.ok()
        .cacheControl(CacheControl.noStore())
        .body(
            new Page<>(
                page.items().stream()
                    .map(t -> TransferView.of(t, t.debitAccountId().equals(accountId)))
                    .toList(),
                page.next()));
  }

  private boolean maySee(UUID accountId, Caller caller) {
    return accounts.findById(accountId).map(Account::owner).filter(caller::maySee).isPresent();
  }

  private static ResponseEntity<TransferView> answer(HttpStatus status, Transfer transfer) {
    return ResponseEntity.status(status)
        .location(URI.create("/v1/transfers/" + transfer.id()))
        .cacheControl(CacheControl.noStore())
        .body(TransferView.of(transfer, true));
  }

  private static Problem rejected(Transfer transfer) {
    RejectionReason reason =
        Arrays.stream(RejectionReason.values())
            .filter(r -> r.code().equals(transfer.rejection()))
            .findFirst()
            .orElseThrow();
    return new Problem(
        HttpStatus.UNPROCESSABLE_CONTENT,
        reason.code(),
        false,
        reason.sentence()
            + (reason.mayPassLater()
                ? " The answer is final for this idempotency key; a new key asks again."
                : " The answer is final."),
        Map.of("transferId", transfer.id()));
  }
}
