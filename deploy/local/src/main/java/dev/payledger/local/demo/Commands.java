package dev.payledger.local.demo;

import dev.payledger.local.Processes;
import dev.payledger.local.Readiness;
import dev.payledger.local.Service;
import dev.payledger.local.StackPorts;
import dev.payledger.local.demo.GatewayClient.Answer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/// The commands that talk to a stack which another process runs. Each returns the exit status.
final class Commands {
  private static final Duration DOWN_BOUND = Duration.ofSeconds(60);
  private static final Duration BACK_BOUND = Duration.ofSeconds(90);
  private static final int LOG_LINES = 60;

  private final Place place;

  Commands(Place place) {
    this.place = place;
  }

  int status() throws IOException {
    Optional<StackState> found = StackState.read(place.state());
    if (found.isEmpty()) {
      System.out.println("Nothing runs. ./demo up --detach starts it.");
      return 1;
    }
    StackState state = found.get();
    boolean launched = state.launcher().find().isPresent();
    List<ProcessHandle> alive = new ArrayList<>();
    StackPorts ports = new StackPorts(state.portOffset());
    boolean healthy = launched;
    try (Readiness readiness = new Readiness()) {
      for (Service service : Service.values()) {
        Optional<ProcessHandle> process =
            Optional.ofNullable(state.processes().get(service)).flatMap(RecordedProcess::find);
        String health =
            process.isEmpty()
                ? "gone"
                : Service.ours().contains(service)
                    ? readiness.of(url(ports.managementOf(service)))
                    : "UP";
        healthy &= health.equals("UP");
        process.ifPresent(alive::add);
        System.out.printf(
            "%-15s %-10s %-12s %10s  127.0.0.1:%d%n",
            service.title(),
            health,
            process.map(each -> "pid " + each.pid()).orElse("-"),
            process
                .map(Machine::pssBytes)
                .filter(OptionalLong::isPresent)
                .map(pss -> Machine.megabytes(pss.getAsLong()))
                .orElse("-"),
            ports.of(service));
      }
    }
    OptionalLong total = Words.totalPss(state.launcher().pid(), alive);
    if (launched && total.isPresent()) {
      System.out.println(
          "Memory of all processes, launcher included (PSS): "
              + Machine.megabytes(total.getAsLong()));
    }
    if (!launched) {
      System.out.println("The launcher is gone: ./demo down stops what it left.");
    } else if (!state.ready()) {
      System.out.println("Still starting: " + place.launcherLog());
    }
    return healthy ? 0 : 1;
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
    Service service = service(name);
    StackState state = running();
    RecordedProcess victim = state.processes().get(service);
    ProcessHandle process =
        Optional.ofNullable(victim)
            .flatMap(RecordedProcess::find)
            .orElseThrow(() -> new Refusal(service.title() + " does not run."));
    long began = System.nanoTime();
    // A database server dies with all its backends, as in a power cut.
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    System.out.println("kill -9 of " + service.title() + ", process " + process.pid());
    if (!Processes.exitsWithin(process, Duration.ofSeconds(10))) {
      throw new Refusal(service.title() + " does not die.");
    }
    ProcessHandle next = awaitBack(service, process.pid());
    System.out.printf(
        "%s is back as process %d and ready after %.1f s%n",
        service.title(), next.pid(), (System.nanoTime() - began) / 1e9);
    return 0;
  }

  private ProcessHandle awaitBack(Service service, long oldPid) throws IOException, Refusal {
    long deadline = System.nanoTime() + BACK_BOUND.toNanos();
    ProcessHandle launcher = running().launcher().find().orElseThrow();
    try (Readiness readiness = new Readiness()) {
      while (System.nanoTime() < deadline) {
        StackState state = running();
        Optional<ProcessHandle> next =
            Optional.ofNullable(state.processes().get(service))
                .filter(process -> process.pid() != oldPid)
                .flatMap(RecordedProcess::find);
        StackPorts ports = new StackPorts(state.portOffset());
        boolean isReady =
            next.isPresent()
                && (Service.ours().contains(service)
                    ? readiness.of(url(ports.managementOf(service))).equals("UP")
                    : !Machine.isFree(ports.of(service)));
        if (isReady) {
          return next.get();
        }
        // The pause between two looks; a launcher that ends ends the wait.
        Processes.exitsWithin(launcher, Duration.ofMillis(100));
      }
    }
    throw new Refusal(
        service.title()
            + " did not come back within "
            + BACK_BOUND.toSeconds()
            + " s; see "
            + place.launcherLog());
  }

  int logs(Optional<String> name) throws IOException, Refusal {
    if (name.isEmpty()) {
      for (Service service : Service.values()) {
        System.out.println(place.logs().resolve(service.title() + ".log"));
      }
      System.out.println(place.launcherLog());
      return 0;
    }
    Path log = place.logs().resolve(service(name.get()).title() + ".log");
    if (!Files.exists(log)) {
      throw new Refusal("There is no " + log + " yet.");
    }
    tail(log, LOG_LINES).forEach(System.out::println);
    return 0;
  }

  static List<String> tail(Path log, int count) throws IOException {
    List<String> lines = Files.exists(log) ? Files.readAllLines(log) : List.of();
    return lines.subList(Math.max(0, lines.size() - count), lines.size());
  }

  int down() throws IOException {
    Optional<ProcessHandle> launcher =
        StackState.read(place.state()).flatMap(state -> state.launcher().find());
    if (launcher.isPresent()) {
      Processes.stop(launcher.get(), DOWN_BOUND);
    }
    // After a launcher that ended well there is nothing left, and this finds nothing.
    List<Service> stopped = Leftovers.stop(place);
    System.out.println(
        launcher.isPresent()
            ? "Stopped."
            : stopped.isEmpty()
                ? "Nothing was running."
                : "Stopped what a killed launcher had left: " + Words.titles(stopped) + ".");
    return 0;
  }

  private StackState running() throws IOException, Refusal {
    return StackState.read(place.state())
        .filter(state -> state.launcher().find().isPresent())
        .orElseThrow(() -> new Refusal("Nothing runs: ./demo up --detach starts it."));
  }

  private GatewayClient gateway() throws IOException, Refusal {
    return new GatewayClient(url(new StackPorts(running().portOffset()).of(Service.GATEWAY)));
  }

  private static Service service(String name) throws Refusal {
    return Service.named(name)
        .orElseThrow(
            () ->
                new Refusal(
                    "There is no service "
                        + name
                        + ": there are "
                        + Words.titles(List.of(Service.values()))
                        + "."));
  }

  private static URI url(int port) {
    return URI.create("http://127.0.0.1:" + port);
  }
}
