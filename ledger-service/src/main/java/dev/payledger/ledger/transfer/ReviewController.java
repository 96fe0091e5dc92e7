package dev.payledger.ledger.transfer;

import dev.payledger.kit.deadline.Deadline;
import dev.payledger.kit.page.PageCursors;
import dev.payledger.kit.problem.ProblemException;
import dev.payledger.ledger.request.Caller;
import dev.payledger.ledger.request.LedgerErrorCode;
import dev.payledger.ledger.request.LedgerProblems;
import dev.payledger.ledger.request.ListPosition;
import dev.payledger.ledger.request.Page;
import dev.payledger.ledger.request.Pages;
import dev.payledger.ledger.saga.Review;
import dev.payledger.ledger.saga.ReviewDecision;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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

/// `/v1/operator/held-transfers`: those that wait for fraud screening, and an operator's word about one.
@RestController
@RequestMapping("/v1/operator/held-transfers")
class ReviewController {
  private static final Logger log = LoggerFactory.getLogger(ReviewController.class);
  private static final String LIST = "transfers held for review";

  private final Review review;
  private final Transfers transfers;
  private final TransferViews views;
  private final PageCursors cursors;
  private final Pages pages;

  ReviewController(
      Review review, Transfers transfers, TransferViews views, PageCursors cursors, Pages pages) {
    this.review = review;
    this.transfers = transfers;
    this.views = views;
    this.cursors = cursors;
    this.pages = pages;
  }

  /// @param heldSince when fraud screening could first not be asked
  /// @param attempts how often it was tried again
  record HeldTransferView(
      TransferView transfer, Instant heldSince, int attempts, Instant nextAttemptAt) {}

  @GetMapping
  ResponseEntity<Page<HeldTransferView>> list(
      @RequestParam @Nullable Integer limit,
      @RequestParam @Nullable String cursor,
      Authentication auth) {
    int checked = Page.checkedLimit(limit);
    ListPosition after = ListPosition.open(cursors, LIST, cursor, ListPosition.OLDEST);
    List<Review.Waiting> waiting = review.waiting(after.at(), after.id(), checked + 1);
    Map<UUID, TransferView> seen =
        views.find(waiting.stream().map(Review.Waiting::transferId).toList(), Caller.of(auth));
    return ResponseEntity.ok()
        .cacheControl(CacheControl.noStore())
        .body(
            pages.of(
                waiting.stream()
                    .map(
                        each ->
                            new HeldTransferView(
                                Objects.requireNonNull(seen.get(each.transferId())),
                                each.since(),
                                each.attempts(),
                                each.nextAttemptAt()))
                    .toList(),
                checked,
                last ->
                    new ListPosition(last.heldSince(), last.transfer().id()).seal(cursors, LIST)));
  }

  /// 200 with the transfer when it is final or held, 202 while it still waits.
  @PostMapping("/{id}/review")
  ResponseEntity<TransferView> review(
      @PathVariable UUID id,
      @RequestBody ReviewRequest body,
      HttpServletRequest request,
      Authentication auth) {
    Caller caller = Caller.of(auth);
    Deadline deadline = Deadline.of(request);
    find(id);
    log.info("transfer {}: {} by {}", id, body.decision(), caller.subject());
    Review.Outcome outcome =
        switch (body.decision()) {
          case RETRY -> review.retry(id, deadline);
          case APPROVE ->
              review.decide(id, ReviewDecision.APPROVE, body.reason(), caller.subject(), deadline);
          case REJECT ->
              review.decide(id, ReviewDecision.REJECT, body.reason(), caller.subject(), deadline);
        };
    switch (outcome) {
      case NOT_HELD ->
          throw new ProblemException(
              LedgerErrorCode.NOT_HELD_FOR_REVIEW,
              "The transfer does not wait for fraud screening.");
      case DECIDED_OTHERWISE ->
          throw new ProblemException(
              LedgerErrorCode.ALREADY_DECIDED,
              "Another decision about the transfer was taken before.");
      case TAKEN -> {}
    }
    Transfer transfer = find(id);
    return ResponseEntity.status(
            transfer.status() == Transfer.Status.PENDING ? HttpStatus.ACCEPTED : HttpStatus.OK)
        .cacheControl(CacheControl.noStore())
        .body(views.of(transfer, caller));
  }

  private Transfer find(UUID id) {
    return transfers.findById(id).orElseThrow(LedgerProblems::notFound);
  }
}
