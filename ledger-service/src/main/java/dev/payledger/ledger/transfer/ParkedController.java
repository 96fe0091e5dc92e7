package dev.payledger.ledger.transfer;

import dev.payledger.kit.page.PageCursors;
import dev.payledger.kit.problem.ProblemException;
import dev.payledger.ledger.request.Caller;
import dev.payledger.ledger.request.LedgerErrorCode;
import dev.payledger.ledger.request.LedgerProblems;
import dev.payledger.ledger.request.ListPosition;
import dev.payledger.ledger.request.Page;
import dev.payledger.ledger.request.Pages;
import dev.payledger.ledger.saga.ParkedSagas;
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

/// `/v1/operator/parked-transfers`: those whose saga met a defect too often.
@RestController
@RequestMapping("/v1/operator/parked-transfers")
class ParkedController {
  private static final Logger log = LoggerFactory.getLogger(ParkedController.class);
  private static final String LIST = "parked transfers";

  private final ParkedSagas parked;
  private final Transfers transfers;
  private final TransferViews views;
  private final PageCursors cursors;
  private final Pages pages;

  ParkedController(
      ParkedSagas parked,
      Transfers transfers,
      TransferViews views,
      PageCursors cursors,
      Pages pages) {
    this.parked = parked;
    this.transfers = transfers;
    this.views = views;
    this.cursors = cursors;
    this.pages = pages;
  }

  /// @param failures defects in a row
  /// @param failure what the last one was
  record ParkedTransferView(
      TransferView transfer, Instant parkedSince, int failures, String failure) {}

  @GetMapping
  ResponseEntity<Page<ParkedTransferView>> list(
      @RequestParam @Nullable Integer limit,
      @RequestParam @Nullable String cursor,
      Authentication auth) {
    int checked = Page.checkedLimit(limit);
    ListPosition after = ListPosition.open(cursors, LIST, cursor, ListPosition.OLDEST);
    List<ParkedSagas.Parked> page = parked.page(after.at(), after.id(), checked + 1);
    Map<UUID, TransferView> seen =
        views.find(page.stream().map(ParkedSagas.Parked::transferId).toList(), Caller.of(auth));
    return ResponseEntity.ok()
        .cacheControl(CacheControl.noStore())
        .body(
            pages.of(
                page.stream()
                    .map(
                        each ->
                            new ParkedTransferView(
                                Objects.requireNonNull(seen.get(each.transferId())),
                                each.since(),
                                each.failures(),
                                each.failure()))
                    .toList(),
                checked,
                last ->
                    new ListPosition(last.parkedSince(), last.transfer().id())
                        .seal(cursors, LIST)));
  }

  /// 202 with the transfer: the next recovery goes on with it.
  @PostMapping("/{id}/release")
  ResponseEntity<TransferView> release(
      @PathVariable UUID id,
      @RequestBody(required = false) TransferController.@Nullable Nothing body,
      Authentication auth) {
    Caller caller = Caller.of(auth);
    Transfer transfer = find(id);
    if (!parked.release(id)) {
      throw new ProblemException(LedgerErrorCode.NOT_PARKED, "The transfer's saga is not parked.");
    }
    log.info("transfer {}: released by {}", id, caller.subject());
    return ResponseEntity.status(HttpStatus.ACCEPTED)
        .cacheControl(CacheControl.noStore())
        .body(views.of(transfer, caller));
  }

  private Transfer find(UUID id) {
    return transfers.findById(id).orElseThrow(LedgerProblems::notFound);
  }
}
