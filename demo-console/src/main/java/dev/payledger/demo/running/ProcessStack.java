package dev.payledger.demo.running;

import dev.payledger.demo.journey.Refusal;
import dev.payledger.failpoints.Arming;
import dev.payledger.failpoints.CrashPoint;
import dev.payledger.failpoints.Fault;
import dev.payledger.stack.Readiness;
import dev.payledger.stack.Service;
import dev.payledger.stack.StackPorts;
import dev.payledger.stack.StackSecrets;
import dev.payledger.stack.server.Processes;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// The processes of a launcher, found by what it wrote down.
final class ProcessStack implements RunningStack {
  static final int LOG_LINES = 60;
  private static final Duration DOWN_BOUND = Duration.ofSeconds(60);
  private static final Duration BACK_BOUND = Duration.ofSeconds(90);
  private static final Duration MANAGE_BOUND = Duration.ofSeconds(5);

  private final StackFolders folders;

  ProcessStack(StackFolders folders) {
    this.folders = folders;
  }

  @Override
  public boolean status() throws IOException {
    Optional<StackState> found = StackState.read(folders.state());
    if (found.isEmpty()) {
      System.out.println("Nothing runs. ./demo up --detach starts it.");
      return false;
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
                    ? readiness.of(ports.managementUrl(service))
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
    OptionalLong total = Machine.totalPss(state.launcher().pid(), alive);
    if (launched && total.isPresent()) {
      System.out.println(
          "Memory of all processes, launcher included (PSS): "
              + Machine.megabytes(total.getAsLong()));
    }
    if (!launched) {
      System.out.println("The launcher is gone: ./demo down stops what it left.");
    } else if (!state.ready()) {
      System.out.println("Still starting: " + folders.launcherLog());
    }
    return healthy;
  }

  @Override
  public URI gateway() throws IOException, Refusal {
    return new StackPorts(running().portOffset()).url(Service.GATEWAY);
  }

  @Override
  public void kill(Service service) throws IOException, Refusal {
    ProcessHandle process = process(service);
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
  }

  @Override
  public void killAt(Service service, CrashPoint point) throws IOException, Refusal {
    ProcessHandle process = process(service);
    Arming.arm(process, point, Fault.KILL);
    System.out.println(
        service.title()
            + ", process "
            + process.pid()
            + ", dies the next time that it passes "
            + point
            + ", and is started again. ./demo transfer, say, and then ./demo status.");
  }

  @Override
  public Managed manage(Service service, String method, String path) throws IOException, Refusal {
    URI management = new StackPorts(running().portOffset()).managementUrl(service);
    try (HttpClient http = HttpClient.newBuilder().connectTimeout(MANAGE_BOUND).build()) {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(management.resolve(path))
                  .timeout(MANAGE_BOUND)
                  // The endpoints take nothing else, an empty body included.
                  .header("Content-Type", "application/json")
                  .header(
                      "Authorization", "Bearer " + secrets(service).get("MANAGEMENT_CREDENTIAL"))
                  .method(method, HttpRequest.BodyPublishers.noBody())
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      return new Managed(answer.statusCode(), answer.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public String operatorSecret() throws IOException {
    return StackSecrets.of(folders.work()).value("OPERATOR_SECRET");
  }

  @Override
  public Map<String, String> secrets(Service service) throws IOException {
    return StackSecrets.of(folders.work()).of(service);
  }

  private ProcessHandle process(Service service) throws IOException, Refusal {
    return Optional.ofNullable(running().processes().get(service))
        .flatMap(RecordedProcess::find)
        .orElseThrow(() -> new Refusal(service.title() + " does not run."));
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
                    ? readiness.of(ports.managementUrl(service)).equals("UP")
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
            + folders.launcherLog());
  }

  @Override
  public void log(Service service) throws IOException, Refusal {
    Path log = folders.logs().resolve(service.title() + ".log");
    if (!Files.exists(log)) {
      throw new Refusal("There is no " + log + " yet.");
    }
    new LogFile(log).tail(LOG_LINES).forEach(System.out::println);
  }

  @Override
  public List<String> wholeLog(Service service) throws IOException {
    return new LogFile(folders.logs().resolve(service.title() + ".log")).lines();
  }

  @Override
  public void whereLogsAre() {
    for (Service service : Service.values()) {
      System.out.println(folders.logs().resolve(service.title() + ".log"));
    }
    System.out.println(folders.launcherLog());
  }

  @Override
  public void down() throws IOException {
    Optional<ProcessHandle> launcher =
        StackState.read(folders.state()).flatMap(state -> state.launcher().find());
    if (launcher.isPresent()) {
      Processes.stop(launcher.get(), DOWN_BOUND);
    }
    // After a launcher that ended well there is nothing left, and this finds nothing.
    List<Service> stopped = Leftovers.stop(folders);
    System.out.println(
        launcher.isPresent()
            ? "Stopped."
            : stopped.isEmpty()
                ? "Nothing was running."
                : "Stopped what a killed launcher had left: " + Service.titles(stopped) + ".");
  }

  private StackState running() throws IOException, Refusal {
    return StackState.read(folders.state())
        .filter(state -> state.launcher().find().isPresent())
        .orElseThrow(() -> new Refusal("Nothing runs: ./demo up --detach starts it."));
  }
}
