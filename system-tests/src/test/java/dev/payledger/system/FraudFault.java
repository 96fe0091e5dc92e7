package dev.payledger.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.stack.Service;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Locale;

/// What can be wrong with fraud-service for a while, switched on as `./demo faults fraud` does.
public enum FraudFault {
  LATENCY("?value=2s"),
  ERROR("?value=100%25"),
  ERROR_SOMETIMES("?value=30%25"),
  HANG(""),
  GARBAGE(""),
  BIG("");

  private final String value;

  FraudFault(String value) {
    this.value = value;
  }

  public void on() {
    String kind = name().replace("_SOMETIMES", "").toLowerCase(Locale.ROOT);
    assertThat(manage("POST", "/" + kind + value).status()).isEqualTo(200);
  }

  public static void off() {
    assertThat(manage("DELETE", "").status()).isEqualTo(204);
  }

  /// As people call it.
  public String title() {
    return switch (this) {
      case LATENCY -> "latency 2 s";
      case ERROR -> "error 100 %";
      case ERROR_SOMETIMES -> "error 30 %";
      case HANG -> "hang";
      case GARBAGE -> "garbage";
      case BIG -> "big (10 MB)";
    };
  }

  /// Whether so many calls fail that the breaker has to open.
  public boolean opensTheBreaker() {
    return this != ERROR_SOMETIMES;
  }

  private static Stack.Answer manage(String method, String path) {
    URI url = URI.create(Stack.stack().managementUrl(Service.FRAUD) + "/actuator/faults" + path);
    return Stack.send(
        HttpRequest.newBuilder(url)
            .header("Authorization", "Bearer " + Stack.secret("MANAGEMENT_CREDENTIAL"))
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.noBody()));
  }
}
