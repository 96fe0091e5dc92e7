package dev.payledger.fraud.review;

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
class ReviewController {
  private static final int LIMIT_MAX = 200;

  private final Reviews reviews;

  ReviewController(Reviews reviews) {
    this.reviews = reviews;
  }

  @GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
  ReviewsView list(
      @RequestParam(defaultValue = "OPEN") ReviewStatus status,
      @RequestParam(required = false) @Nullable Verdict verdict,
      @RequestParam(required = false) @Nullable UUID after,
      @RequestParam(defaultValue = "50") int limit) {
    if (limit < 1 || limit > LIMIT_MAX) {
      throw ProblemException.invalidRequest("limit is 1 to " + LIMIT_MAX + ".");
    }
    return reviews.page(status, verdict, after, limit);
  }

  @GetMapping(path = "/{transferId}", produces = MediaType.APPLICATION_JSON_VALUE)
  ReviewView one(@PathVariable UUID transferId) {
    return reviews.find(transferId).orElseThrow(ReviewProblems::unknown);
  }

  @PostMapping(
      path = "/{transferId}",
      consumes = MediaType.APPLICATION_JSON_VALUE,
      produces = MediaType.APPLICATION_JSON_VALUE)
  ReviewView decide(@PathVariable UUID transferId, @RequestBody DecisionRequest request) {
    return switch (reviews.decide(transferId, request)) {
      case DecisionOutcome.Stands stands -> stands.review();
      case DecisionOutcome.DecidedBefore() -> throw ReviewProblems.decidedBefore();
      case DecisionOutcome.Unknown() -> throw ReviewProblems.unknown();
    };
  }
}
