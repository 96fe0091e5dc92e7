package dev.payledger.ledger.transfer;

import dev.payledger.kit.deadline.Deadline;
import dev.payledger.kit.trace.Traceparent;
import dev.payledger.ledger.request.Caller;
import dev.payledger.ledger.request.CommandIdHeader;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.Authentication;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/transfer-batches`.
@RestController
@RequestMapping("/v1/transfer-batches")
class TransferBatchController {
  private final TransferBatches batches;

  TransferBatchController(TransferBatches batches) {
    this.batches = batches;
  }

  /// 200 when every item has its final answer, 202 while one has not.
  @PostMapping
  ResponseEntity<TransferBatchView> create(
      @RequestBody TransferBatchRequest body, HttpServletRequest request, Authentication auth) {
    Caller caller = Caller.of(auth);
    TransferBatchView view =
        batches.create(
            CommandIdHeader.of(request, caller),
            body,
            caller,
            Traceparent.of(request),
            Deadline.of(request));
    return ResponseEntity.status(view.isFinal() ? HttpStatus.OK : HttpStatus.ACCEPTED)
        .cacheControl(CacheControl.noStore())
        .body(view);
  }
}
