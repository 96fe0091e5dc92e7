package dev.payledger.fraud.assessment;

import dev.payledger.fraud.web.Deadline;
import dev.payledger.fraud.web.Problems;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// `PUT` and `DELETE /assessments/{transferId}`. Both may be repeated at will.
@RestController
@RequestMapping("/assessments/{transferId}")
class AssessmentController {
  private final Screening screening;

  AssessmentController(Screening screening) {
    this.screening = screening;
  }

  @PutMapping(
      consumes = MediaType.APPLICATION_JSON_VALUE,
      produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<?> assess(
      Deadline deadline, @PathVariable UUID transferId, @RequestBody AssessmentRequest request) {
    return switch (screening.screen(transferId, request, deadline)) {
      case ScreeningOutcome.Assessed assessed -> ResponseEntity.ok(assessed.view());
      case ScreeningOutcome.Mismatch() -> problem(AssessmentProblems.mismatch());
      case ScreeningOutcome.Released() -> problem(AssessmentProblems.released());
      case ScreeningOutcome.TooLate() -> throw Problems.tooLate();
    };
  }

  /// @param movedMinor what the transfer has moved, minor units: that much stays reserved
  @DeleteMapping
  ResponseEntity<Void> release(
      Deadline deadline,
      @PathVariable UUID transferId,
      @RequestParam(defaultValue = "0") long movedMinor) {
    if (movedMinor < 0 || movedMinor > Leg.AMOUNT_MINOR_MAX) {
      throw Problems.invalidRequest("movedMinor must be from 0 to " + Leg.AMOUNT_MINOR_MAX + ".");
    }
    if (!screening.release(transferId, movedMinor, deadline)) {
      throw Problems.tooLate();
    }
    return ResponseEntity.status(HttpStatus.NO_CONTENT).build();
  }

  private static ResponseEntity<ProblemDetail> problem(ProblemDetail problem) {
    return ResponseEntity.status(problem.getStatus())
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(problem);
  }
}
