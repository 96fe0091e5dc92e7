package dev.payledger.ledger.audit;

import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/operator/checks`: runs every check now.
@RestController
class ChecksController {
  private final Checks checks;

  ChecksController(Checks checks) {
    this.checks = checks;
  }

  @GetMapping("/v1/operator/checks")
  ResponseEntity<ChecksView> run() {
    return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(checks.run());
  }
}
