package dev.payledger.ledger.audit;

import dev.payledger.kit.deadline.Deadline;
import dev.payledger.kit.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/operator/checks`: runs every check over everything now, or tells what the continuous auditor
/// has found; and `/v1/operator/trial-balance`.
@RestController
class ChecksController {
  private final FullScan fullScan;
  private final Checks checks;
  private final TrialBalance trialBalance;
  private final JdbcClient sql;

  ChecksController(FullScan fullScan, Checks checks, TrialBalance trialBalance, JdbcClient sql) {
    this.fullScan = fullScan;
    this.checks = checks;
    this.trialBalance = trialBalance;
    this.sql = sql;
  }

  @GetMapping("/v1/operator/checks")
  ResponseEntity<ChecksView> checks(
      @RequestParam(defaultValue = "FULL") String mode, HttpServletRequest request) {
    return switch (mode) {
      case "FULL" -> fresh(fullScan.run(Deadline.of(request)));
      case "CONTINUOUS" -> {
        AuditProgress.Position place = AuditProgress.position(sql);
        AuditProgress.Round round = AuditProgress.round(sql);
        yield fresh(
            ChecksView.of(
                place.auditedUntil(),
                round.auditedSince(),
                Map.of(
                    "outbox", place.position(),
                    "rounds", round.round() - 1,
                    "steps", round.steps()),
                checks.found(AuditProgress.findings(sql))));
      }
      default -> throw ProblemException.invalidRequest("mode must be FULL or CONTINUOUS.");
    };
  }

  @GetMapping("/v1/operator/trial-balance")
  ResponseEntity<TrialBalance.View> trialBalance() {
    return fresh(trialBalance.now());
  }

  private static <T> ResponseEntity<T> fresh(T body) {
    return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(body);
  }
}
