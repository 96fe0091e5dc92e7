package dev.payledger.demo;

import dev.payledger.demo.journey.DemoAccount;
import dev.payledger.demo.journey.GatewayClient;
import dev.payledger.demo.journey.GatewayClient.Answer;
import dev.payledger.demo.journey.Payment;
import dev.payledger.demo.journey.Refusal;
import dev.payledger.demo.running.RunningStack;
import dev.payledger.demo.running.StackFolders;
import dev.payledger.failpoints.CrashPoint;
import dev.payledger.stack.Service;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// The commands for a stack that another process started. Each returns the exit status.
final class Commands {
  private static final Pattern TRACE_ID = Pattern.compile("[0-9a-f]{32}");

  private final StackFolders folders;

  Commands(StackFolders folders) {
    this.folders = folders;
  }

  int status() throws IOException {
    RunningStack stack = stack();
    boolean healthy = stack.status();
    try {
      System.out.println(
          Screening.of(stack.manage(Service.LEDGER, "GET", "/actuator/prometheus").body()));
      new FraudFaults(stack).lines().forEach(line -> System.out.println("Fault: " + line));
    } catch (IOException | Refusal e) {
      // The service that does not answer is printed above.
      healthy = false;
    }
    return healthy ? 0 : 1;
  }

  /// Changes what the words ask for, and lists the faults that are on.
  int faults(List<String> words) throws IOException, Refusal {
    FraudFaults faults = new FraudFaults(stack());
    faults.change(words);
    List<String> lines = faults.lines();
    (lines.isEmpty() ? List.of("No fault is on.") : lines).forEach(System.out::println);
    return 0;
  }

  int token(String client) throws IOException, Refusal {
    try (GatewayClient gateway = gateway()) {
      System.out.println(gateway.token(client));
      return 0;
    }
  }

  int transfer(List<String> words) throws IOException, Refusal {
    String from = words.isEmpty() ? "alice" : words.get(0);
    String to = words.size() > 1 ? words.get(1) : "bob";
    String amount = words.size() > 2 ? words.get(2) : "10.00";
    String currency = words.size() > 3 ? words.get(3).toUpperCase(Locale.ROOT) : "EUR";
    Payment payment =
        new Payment(
            DemoAccount.of(from, currency).id(),
            DemoAccount.of(to, currency).id(),
            Payment.minor(amount),
            currency);
    String key = "demo-" + UUID.randomUUID();
    try (GatewayClient gateway = gateway()) {
      Answer answer =
          gateway.post(
              gateway.token(from), "/v1/transfers", payment.json(), "Idempotency-Key", key);
      System.out.println("Idempotency-Key: " + key);
      System.out.println(
          answer.status()
              + " "
              + GatewayClient.JSON
                  .writerWithDefaultPrettyPrinter()
                  .writeValueAsString(answer.json()));
      return answer.status() < 300 ? 0 : 1;
    }
  }

  int verify() throws IOException, Refusal {
    try (GatewayClient gateway = gateway()) {
      Answer answer = gateway.get(gateway.token("operator"), "/v1/operator/checks");
      if (answer.status() != 200) {
        throw new Refusal("The checks could not be run: " + answer);
      }
      JsonNode checks = answer.json();
      for (JsonNode check : checks.path("checks")) {
        long violations = check.path("violations").asLong(0);
        System.out.printf(
            "%-7s %-5s %s%s%n",
            violations == 0 ? "ok" : "BROKEN",
            check.path("id").asString(""),
            check.path("name").asString(""),
            violations == 0 ? "" : ": " + violations + " such as " + check.path("sample"));
      }
      StringBuilder counted = new StringBuilder("Counted");
      String separator = " ";
      for (Map.Entry<String, JsonNode> count : checks.path("counted").properties()) {
        counted
            .append(separator)
            .append("%,d ".formatted(count.getValue().asLong()))
            .append(count.getKey());
        separator = ", ";
      }
      System.out.println(counted.append('.'));
      boolean passed = checks.path("passed").asBoolean(false);
      System.out.println(passed ? "All checks passed." : "NOT all checks passed.");
      return passed ? 0 : 1;
    }
  }

  int kill(String name) throws IOException, Refusal {
    stack().kill(service(name));
    return 0;
  }

  int killAt(String name, String at) throws IOException, Refusal {
    Service service = service(name);
    List<String> points =
        CrashPoint.all().stream()
            .filter(each -> Service.named(each.failpoint().service()).orElseThrow() == service)
            .map(CrashPoint::toString)
            .toList();
    CrashPoint point =
        CrashPoint.of(at)
            .filter(each -> points.contains(each.toString()))
            .orElseThrow(
                () ->
                    new Refusal(
                        "There is no failpoint "
                            + at
                            + " in "
                            + service.title()
                            + ": there are "
                            + (points.isEmpty() ? "none" : String.join(", ", points))
                            + "."));
    stack().killAt(service, point);
    return 0;
  }

  int logs(Optional<String> name) throws IOException, Refusal {
    if (name.isPresent()) {
      stack().log(service(name.get()));
    } else {
      stack().whereLogsAre();
    }
    return 0;
  }

  /// Exit status 1 when no service has logged a line of this trace.
  int trace(String id) throws IOException, Refusal {
    if (!TRACE_ID.matcher(id).matches()) {
      throw new Refusal(id + " is no trace id: those have 32 characters of 0-9 and a-f.");
    }
    RunningStack stack = stack();
    boolean isFound = false;
    for (Service service : Service.values()) {
      for (String line : TraceLines.of(stack.wholeLog(service), id)) {
        System.out.printf("%-8s %s%n", service.title(), line);
        isFound = true;
      }
    }
    return isFound ? 0 : 1;
  }

  /// Lines that a shell can evaluate.
  int secrets(String name) throws IOException, Refusal {
    stack()
        .secrets(service(name))
        .forEach(
            (variable, value) -> System.out.println("export " + variable + "='" + value + "'"));
    return 0;
  }

  int down() throws IOException {
    stack().down();
    return 0;
  }

  private RunningStack stack() throws IOException {
    return RunningStack.find(folders);
  }

  private GatewayClient gateway() throws IOException, Refusal {
    RunningStack stack = stack();
    return new GatewayClient(stack.gateway(), stack.operatorSecret());
  }

  private static Service service(String name) throws Refusal {
    return Service.named(name)
        .orElseThrow(
            () ->
                new Refusal(
                    "There is no service "
                        + name
                        + ": there are "
                        + Service.titles(List.of(Service.values()))
                        + "."));
  }
}
