package dev.payledger.fraud.alert;

import dev.payledger.fraud.assessment.Verdict;
import dev.payledger.kit.problem.ProblemException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// The list of what passed unscreened, and the decisions on it. A decision may be repeated at will.
@RestController
@RequestMapping("/reviews")
class AlertController {
  private static final int LIMIT_MAX = 200;

  private final Alerts alerts;

  AlertController(Alerts alerts) {
    this.alerts = alerts;
  }

  @GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
  AlertsView list(
      @RequestParam(defaultValue = "OPEN") AlertStatus status,
      @RequestParam(required = false) @Nullable Verdict verdict,
      @RequestParam(required = false) @Nullable UUID after,
      @RequestParam(defaultValue = "50") int limit) {
    if (limit < 1 || limit > LIMIT_MAX) {
      throw ProblemException.invalidRequest("limit is 1 to " + LIMIT_MAX + ".");
    }
    return alerts.page(status, verdict, after, limit);
  }

  @GetMapping(path = "/{transferId}", produces = MediaType.APPLICATION_JSON_VALUE)
  AlertView one(@PathVariable UUID transferId) {
    return alerts.find(transferId).orElseThrow(AlertProblems::unknown);
  }

  @PostMapping(
      path = "/{transferId}",
      consumes = MediaType.APPLICATION_JSON_VALUE,
      produces = MediaType.APPLICATION_JSON_VALUE)
  AlertView decide(@PathVariable UUID transferId, @RequestBody AlertDecisionRequest request) {
    return switch (alerts.decide(transferId, request)) {
      case AlertDecisionOutcome.Stands stands -> stands.review();
      case AlertDecisionOutcome.DecidedBefore() -> throw AlertProblems.decidedBefore();
      case AlertDecisionOutcome.Unknown() -> throw AlertProblems.unknown();
    };
  }
}
