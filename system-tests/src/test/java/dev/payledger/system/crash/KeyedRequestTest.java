package dev.payledger.system.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.system.Stack.Answer;
import dev.payledger.system.crash.KeyedRequest.Movement;
import dev.payledger.system.crash.KeyedRequest.Wish;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What `RandomKillsIT` would see if a key had two ends, or a client were told what it may not be
/// told.
class KeyedRequestTest {
  private final KeyedRequest request =
      new KeyedRequest(
          Wish.TRANSFER, "alice", "/v1/transfers", "{}", List.of(new Movement("a", "b", 7)));

  @Test
  void sameEndAgainIsNoViolation() {
    hear(0, 503, 409, 202);
    assertThat(request.isFinal()).isFalse();
    hear(201, 503, 201);

    assertThat(request.isFinal()).isTrue();
    assertThat(request.isDone()).isTrue();
    assertThat(request.moved()).containsExactly(new Movement("a", "b", 7));
    assertThat(request.violations()).isEmpty();
  }

  @Test
  void refusalMovesNothing() {
    hear(422);

    assertThat(request.isFinal()).isTrue();
    assertThat(request.moved()).isEmpty();
  }

  @Test
  void twoEndsAreSeen() {
    hear(201, 422);
    assertThat(request.violations()).singleElement().asString().contains("has two ends");
  }

  @Test
  void anotherByteIsAnotherEnd() {
    hear(201);
    request.heard(new Answer(201, "{ }", true));
    assertThat(request.violations()).hasSize(1);
  }

  @Test
  void detectsAnswersThatNeitherEndNorAskAgain() {
    hear(500, 404, 201);
    assertThat(request.violations()).hasSize(2);
  }

  private void hear(int... statuses) {
    for (int status : statuses) {
      request.heard(new Answer(status, "{}", false));
    }
  }
}
