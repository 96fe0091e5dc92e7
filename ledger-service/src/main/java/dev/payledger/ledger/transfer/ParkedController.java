package dev.payledger.ledger.transfer;

import dev.payledger.ledger.request.Caller;
import dev.payledger.ledger.request.Cursors;
import dev.payledger.ledger.request.Page;
import dev.payledger.ledger.request.Problem;
import dev.payledger.ledger.request.ProblemCode;
import dev.payledger.ledger.saga.ParkedSagas;
import java.time.Instant;
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
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/operator/parked-transfers`: those whose saga met a defect too often.
@RestController
@RequestMapping("/v1/operator/parked-transfers")
class ParkedController {
  private static final Logger log = LoggerFactory.getLogger(ParkedController.class);
  private static final String LIST = "parked transfers";
  private static final String BEGINNING = Instant.EPOCH + " " + new UUID(0, 0);

  private final ParkedSagas parked;
  private final Transfers transfers;
  private final TransferViews views;
  private final Cursors cursors;

  ParkedController(ParkedSagas parked, Transfers transfers, TransferViews views, Cursors cursors) {
    this.parked = parked;
    this.transfers = transfers;
    this.views = views;
    this.cursors = cursors;
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
    String[] position = (cursor == null ? BEGINNING : cursors.open(LIST, cursor)).split(" ", 2);
    Page<ParkedSagas.Parked> page =
        Page.of(
            parked.page(Instant.parse(position[0]), UUID.fromString(position[1]), checked + 1),
            checked,
            last -> cursors.seal(LIST, last.since() + " " + last.transferId()));
    Caller caller = Caller.of(auth);
    return ResponseEntity.ok()
        .cacheControl(CacheControl.noStore())
        .body(
            new Page<>(
                page.items().stream().map(each -> view(each, caller)).toList(), page.next()));
  }

  /// 202 with the transfer: the next recovery goes on with it.
  @PostMapping("/{id}/release")
  ResponseEntity<TransferView> release(@PathVariable UUID id, Authentication auth) {
    Caller caller = Caller.of(auth);
    Transfer transfer = find(id);
    if (!parked.release(id)) {
      throw new Problem(ProblemCode.NOT_PARKED, "The transfer's saga is not parked.");
    }
    log.info("transfer {}: released by {}", id, caller.subject());
    return ResponseEntity.status(HttpStatus.ACCEPTED)
        .cacheControl(CacheControl.noStore())
        .body(views.of(transfer, caller));
  }

  private ParkedTransferView view(ParkedSagas.Parked each, Caller caller) {
    return new ParkedTransferView(
        views.of(find(each.transferId()), caller), each.since(), each.failures(), each.failure());
  }

  private Transfer find(UUID id) {
    return transfers.findById(id).orElseThrow(Problem::notFound);
  }
}
