package dev.payledger.ledger.transfer;

import dev.payledger.kit.deadline.Deadline;
import dev.payledger.kit.problem.ProblemException;
import dev.payledger.kit.trace.Traceparent;
import dev.payledger.ledger.money.RejectionReason;
import dev.payledger.ledger.request.Caller;
import dev.payledger.ledger.request.CommandIdHeader;
import dev.payledger.ledger.request.Page;
import dev.payledger.ledger.request.TimeRange;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
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
  private static final long WAIT_MAX_MS = 30_000;

  private final TransferIntake intake;
  private final TransferViews views;

  TransferController(TransferIntake intake, TransferViews views) {
    this.intake = intake;
    this.views = views;
  }

  /// 201 when it is posted or held for its capture, 202 while pending, 422 when rejected.
  @PostMapping
  ResponseEntity<TransferView> create(
      @RequestBody TransferRequest body, HttpServletRequest request, Authentication auth) {
    Caller caller = Caller.of(auth);
    return made(
        intake.create(
            CommandIdHeader.of(request, caller),
            body,
            caller,
            Traceparent.of(request),
            Deadline.of(request)),
        caller);
  }

  /// The same answers as to a new one; the transfer that is given back shows how much of it was.
  @PostMapping("/{id}/reversals")
  ResponseEntity<TransferView> reverse(
      @PathVariable UUID id,
      @RequestBody ReversalRequest body,
      HttpServletRequest request,
      Authentication auth) {
    Caller caller = Caller.of(auth);
    return made(
        intake.reverse(
            CommandIdHeader.of(request, caller),
            id,
            body,
            caller,
            Traceparent.of(request),
            Deadline.of(request)),
        caller);
  }

  /// 200 with the transfer: still held while something is left and it was not the final capture.
  @PostMapping("/{id}/capture")
  ResponseEntity<TransferView> capture(
      @PathVariable UUID id,
      @RequestBody(required = false) @Nullable CaptureRequest body,
      HttpServletRequest request,
      Authentication auth) {
    Caller caller = Caller.of(auth);
    return answer(
        HttpStatus.OK,
        intake.capture(
            CommandIdHeader.of(request, caller),
            id,
            body == null ? CaptureRequest.ALL : body,
            caller,
            Deadline.of(request)),
        caller);
  }

  /// 200 with the transfer, 202 while it is pending and will be voided.
  @PostMapping("/{id}/void")
  ResponseEntity<TransferView> voidTransfer(
      @PathVariable UUID id,
      @RequestBody(required = false) @Nullable Nothing body,
      HttpServletRequest request,
      Authentication auth) {
    Caller caller = Caller.of(auth);
    Transfer transfer =
        intake.voidTransfer(CommandIdHeader.of(request, caller), id, caller, Deadline.of(request));
    return answer(
        transfer.status() == Transfer.Status.PENDING ? HttpStatus.ACCEPTED : HttpStatus.OK,
        transfer,
        caller);
  }

  /// An empty object.
  record Nothing() {}

  /// With `waitMs`, waits that long at most while the transfer is pending.
  @GetMapping("/{id}")
  ResponseEntity<TransferView> one(
      @PathVariable UUID id,
      @RequestParam(defaultValue = "0") long waitMs,
      HttpServletRequest request,
      Authentication auth) {
    if (waitMs < 0 || waitMs > WAIT_MAX_MS) {
      throw ProblemException.invalidRequest("waitMs must be from 0 to " + WAIT_MAX_MS + ".");
    }
    Caller caller = Caller.of(auth);
    // Before any waiting: whose it is not must not learn how long it takes.
    views.find(id, caller);
    Duration left = Deadline.of(request).remaining();
    Duration wait = Duration.ofMillis(waitMs);
    Transfer latest =
        intake.awaitEnd(
            id, caller.subject(), Deadline.after(wait.compareTo(left) < 0 ? wait : left));
    return fresh(views.withTimeline(latest, caller));
  }

  @GetMapping
  ResponseEntity<Page<TransferView>> list(
      @RequestParam UUID accountId,
      @RequestParam(required = false) TransferFilter.@Nullable Direction direction,
      @RequestParam(required = false) Transfer.@Nullable Status status,
      @RequestParam @Nullable String reference,
      @RequestParam @Nullable String from,
      @RequestParam @Nullable String to,
      @RequestParam @Nullable Integer limit,
      @RequestParam @Nullable String cursor,
      Authentication auth) {
    TransferFilter filter =
        new TransferFilter(accountId, direction, status, reference, TimeRange.of(from, to));
    return fresh(views.list(filter, cursor, Page.checkedLimit(limit), Caller.of(auth)));
  }

  /// From the beginning, or after the cursor, as `timelineNext` of the transfer is one.
  @GetMapping("/{id}/timeline")
  ResponseEntity<Page<TransferView.Step>> timeline(
      @PathVariable UUID id,
      @RequestParam @Nullable Integer limit,
      @RequestParam @Nullable String cursor,
      Authentication auth) {
    return fresh(views.timeline(id, cursor, Page.checkedLimit(limit), Caller.of(auth)));
  }

  /// From the beginning, or after the cursor, as `reversalsNext` of the transfer is one.
  @GetMapping("/{id}/reversals")
  ResponseEntity<Page<TransferView>> reversals(
      @PathVariable UUID id,
      @RequestParam @Nullable Integer limit,
      @RequestParam @Nullable String cursor,
      Authentication auth) {
    return fresh(views.reversals(id, cursor, Page.checkedLimit(limit), Caller.of(auth)));
  }

  /// What a request for a transfer is answered with, now or when it is repeated.
  static HttpStatus created(Transfer transfer) {
    return switch (transfer.status()) {
      case POSTED, HELD -> HttpStatus.CREATED;
      case PENDING -> HttpStatus.ACCEPTED;
      case REJECTED ->
          throw Rejections.of(
              RejectionReason.ofCode(Objects.requireNonNull(transfer.rejection())), transfer.id());
      case VOIDED -> {
        if (transfer.wasHeld()) {
          yield HttpStatus.CREATED;
        }
        throw Rejections.voided(transfer.id());
      }
      case EXPIRED -> {
        if (transfer.wasHeld()) {
          yield HttpStatus.CREATED;
        }
        throw Rejections.expired(transfer.id());
      }
    };
  }

  private static <T> ResponseEntity<T> fresh(T body) {
    return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(body);
  }

  private ResponseEntity<TransferView> made(Transfer transfer, Caller caller) {
    return answer(created(transfer), transfer, caller);
  }

  private ResponseEntity<TransferView> answer(HttpStatus status, Transfer transfer, Caller caller) {
    return ResponseEntity.status(status)
        .location(URI.create("/v1/transfers/" + transfer.id()))
        .cacheControl(CacheControl.noStore())
        .body(views.of(transfer, caller));
  }
}
