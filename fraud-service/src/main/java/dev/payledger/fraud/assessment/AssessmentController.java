package dev.payledger.fraud.assessment;

import dev.payledger.kit.deadline.Deadline;
import dev.payledger.kit.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
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
  AssessmentView assess(
      @PathVariable UUID transferId,
      @RequestBody AssessmentRequest assessment,
      HttpServletRequest request) {
    Deadline deadline = Deadline.of(request);
    return switch (screening.screen(transferId, assessment, deadline)) {
      case ScreeningOutcome.Assessed assessed -> assessed.view();
      case ScreeningOutcome.Mismatch() -> throw AssessmentProblems.mismatch();
      case ScreeningOutcome.Released() -> throw AssessmentProblems.released();
      case ScreeningOutcome.TooLate() -> throw Deadline.exceeded();
    };
  }

  /// @param movedMinor what the transfer has moved, minor units: that much stays reserved
  @DeleteMapping
  ResponseEntity<Void> release(
      @PathVariable UUID transferId,
      @RequestParam(defaultValue = "0") long movedMinor,
      HttpServletRequest request) {
    if (movedMinor < 0 || movedMinor > Leg.AMOUNT_MINOR_MAX) {
      throw ProblemException.invalidRequest(
          "movedMinor must be from 0 to " + Leg.AMOUNT_MINOR_MAX + ".");
    }
    if (!screening.release(transferId, movedMinor, Deadline.of(request))) {
      throw Deadline.exceeded();
    }
    return ResponseEntity.status(HttpStatus.NO_CONTENT).build();
  }
}
