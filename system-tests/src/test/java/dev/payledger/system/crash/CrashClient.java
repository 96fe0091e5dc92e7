package dev.payledger.system.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.payledger.stack.Service;
import dev.payledger.system.Stack;
import dev.payledger.system.Stack.Answer;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// One request under one key, repeated until its answer is final.
final class CrashClient {
  private final URI service;
  private final String caller;
  private final String path;
  private final String body;
  private final String key = Stack.key();
  private final List<String> seen = new ArrayList<>();
  private Answer last = new Answer(0, "not asked", false);

  CrashClient(String caller, String path, String body) {
    this(Stack.stack().url(Service.GATEWAY), caller, path, body);
  }

  /// @param service another one than the gateway
  CrashClient(URI service, String caller, String path, String body) {
    this.service = service;
    this.caller = caller;
    this.path = path;
    this.body = body;
  }

  String key() {
    return key;
  }

  /// Sends the request once.
  Answer ask() {
    last = post();
    String described = describe(last);
    if (seen.isEmpty() || !seen.getLast().equals(described)) {
      seen.add(described);
    }
    return last;
  }

  Answer settle() {
    return await()
        .atMost(Stack.SOON)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(200))
        .until(this::ask, CrashClient::isFinal);
  }

  /// Asserts that the key keeps its answer.
  void replays(Answer first) {
    Answer again =
        await()
            .atMost(Stack.SOON)
            .pollDelay(Duration.ZERO)
            .pollInterval(Duration.ofMillis(200))
            .until(this::post, CrashClient::isFinal);
    assertThat(again.status()).isEqualTo(first.status());
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(again.isReplayed()).isTrue();
  }

  void replaysItsEnd() {
    replays(last);
  }

  /// The different answers, in order.
  String seen() {
    return String.join(", ", seen);
  }

  private Answer post() {
    return Stack.post(service, path, caller, key, body);
  }

  private static boolean isFinal(Answer answer) {
    return answer.status() == 200 || answer.isFinal();
  }

  private static String describe(Answer answer) {
    return answer.status() == 0
        ? "no answer"
        : answer.status()
            + " "
            + (answer.text("code").isEmpty() ? answer.text("status") : answer.text("code"));
  }
}
