package dev.payledger.demo;

import dev.payledger.demo.journey.GatewayClient;
import dev.payledger.demo.journey.Refusal;
import dev.payledger.demo.running.Managed;
import dev.payledger.demo.running.RunningStack;
import dev.payledger.stack.Service;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// The faults of fraud-service, switched on and off through its management port.
final class FraudFaults {
  static final String USAGE =
      "Usage: ./demo faults [fraud latency <time> | fraud error <percent> | fraud garbage | fraud hang"
          + " | fraud big] [--for <time>], or ./demo faults fraud off";

  private static final String PATH = "/actuator/faults";
  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneId.systemDefault());

  private final RunningStack stack;

  FraudFaults(RunningStack stack) {
    this.stack = stack;
  }

  /// What is on, a line for each.
  List<String> lines() throws IOException, Refusal {
    List<String> lines = new ArrayList<>();
    for (JsonNode fault : checked("GET", PATH).path("faults")) {
      String value = fault.path("value").asString("");
      lines.add(
          "fraud %s%s until %s"
              .formatted(
                  fault.path("kind").asString(""),
                  value.isEmpty() ? "" : " " + value,
                  CLOCK.format(Instant.parse(fault.path("until").asString("")))));
    }
    return lines;
  }

  /// Carries out the words of a command; without words it changes nothing.
  void change(List<String> words) throws IOException, Refusal {
    if (words.isEmpty()) {
      return;
    }
    if (words.size() < 2 || !words.getFirst().equals("fraud")) {
      throw new Refusal(USAGE);
    }
    List<String> fault = words.subList(1, words.size());
    if (fault.equals(List.of("off"))) {
      checked("DELETE", PATH);
    } else {
      checked("POST", path(fault));
    }
  }

  /// A kind, what it takes, and `--for` how long; fraud-service knows which kinds there are.
  static String path(List<String> fault) throws Refusal {
    List<String> words = new ArrayList<>(fault);
    List<String> query = new ArrayList<>();
    int lasts = words.indexOf("--for");
    if (lasts >= 0) {
      if (lasts != words.size() - 2) {
        throw new Refusal(USAGE);
      }
      query.add("lasts=" + encoded(words.removeLast()));
      words.removeLast();
    }
    if (words.size() == 2) {
      query.addFirst("value=" + encoded(words.removeLast()));
    }
    if (words.size() != 1) {
      throw new Refusal(USAGE);
    }
    return PATH
        + "/"
        + encoded(words.getFirst())
        + (query.isEmpty() ? "" : "?" + String.join("&", query));
  }

  private static String encoded(String word) {
    return URLEncoder.encode(word, StandardCharsets.UTF_8);
  }

  private JsonNode checked(String method, String path) throws IOException, Refusal {
    Managed answer = stack.manage(Service.FRAUD, method, path);
    if (answer.status() == 404) {
      throw new Refusal("fraud-service has no faults: it does not run with the profile demo.");
    }
    if (answer.status() == 400) {
      throw new Refusal(GatewayClient.JSON.readTree(answer.body()).path("detail").asString(USAGE));
    }
    if (answer.status() >= 300) {
      throw new IOException("fraud-service answers " + answer);
    }
    return GatewayClient.JSON.readTree(answer.body().isEmpty() ? "{}" : answer.body());
  }
}
