package dev.payledger.system.crash;

import dev.payledger.system.Stack;
import dev.payledger.system.Stack.Answer;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// One request under one key, and everything that was ever answered to it.
final class KeyedRequest {
  private static final Set<Integer> FINAL = Set.of(200, 201, 422);

  /// No answer, "not yet", "somebody else asks", "try again": with them a client asks again.
  private static final Set<Integer> AGAIN = Set.of(0, 202, 409, 503);

  /// What a request is for.
  enum Wish {
    TRANSFER,
    LEGS,
    AUTHORIZATION,
    REVERSAL,
    CAPTURE,
    VOID;

    /// Whether it makes a transfer of its own.
    boolean isTransfer() {
      return this != CAPTURE && this != VOID;
    }

    boolean movesMoney() {
      return this != AUTHORIZATION && this != VOID;
    }
  }

  /// One debit and credit, minor units.
  record Movement(String debit, String credit, long amountMinor) {}

  private final Wish wish;
  private final String who;
  private final String path;
  private final String body;
  private final List<Movement> movements;
  private final String key = Stack.key();
  private final Instant askedAt = Instant.now();
  private final List<Answer> answers = new ArrayList<>();
  private Optional<Instant> finalAt = Optional.empty();

  /// @param movements what it asks to move or to hold
  KeyedRequest(Wish wish, String who, String path, String body, List<Movement> movements) {
    this.wish = wish;
    this.who = who;
    this.path = path;
    this.body = body;
    this.movements = movements;
  }

  Answer ask(URI door) {
    Answer answer = Stack.post(door, path, who, key, body);
    heard(answer);
    return answer;
  }

  synchronized void heard(Answer answer) {
    answers.add(answer);
    if (finalAt.isEmpty() && isFinal(answer)) {
      finalAt = Optional.of(Instant.now());
    }
  }

  Wish wish() {
    return wish;
  }

  List<Movement> movements() {
    return movements;
  }

  /// By what it was answered.
  List<Movement> moved() {
    return wish.movesMoney() && isDone() ? movements : List.of();
  }

  long amountMinor() {
    return movements.stream().mapToLong(Movement::amountMinor).sum();
  }

  Instant askedAt() {
    return askedAt;
  }

  synchronized Optional<Instant> finalAt() {
    return finalAt;
  }

  boolean isFinal() {
    return finalAt().isPresent();
  }

  synchronized int answerCount() {
    return answers.size();
  }

  /// The first final answer.
  synchronized Answer end() {
    return answers.stream()
        .filter(KeyedRequest::isFinal)
        .findFirst()
        .orElseThrow(() -> new AssertionError("not final: " + this + ", but " + answers));
  }

  boolean isDone() {
    return end().status() != 422;
  }

  /// The transfer that the answer is about.
  String transferId() {
    return end().text(isDone() ? "id" : "transferId");
  }

  /// What was answered and no client may hear: two ends of one key, or anything that tells a client
  /// neither an end nor to ask again.
  synchronized List<String> violations() {
    List<String> violations = new ArrayList<>();
    for (Answer answer : answers) {
      if (isFinal(answer)) {
        Answer end = end();
        if (answer.status() != end.status() || !answer.body().equals(end.body())) {
          violations.add(this + " has two ends: " + end + " and " + answer);
        }
      } else if (!AGAIN.contains(answer.status())) {
        violations.add(this + " was answered " + answer);
      }
    }
    return violations;
  }

  private static boolean isFinal(Answer answer) {
    return FINAL.contains(answer.status());
  }

  @Override
  public String toString() {
    return wish + " " + path + " " + body + " under " + key;
  }
}
