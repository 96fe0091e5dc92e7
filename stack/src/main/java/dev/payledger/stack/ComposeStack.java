package dev.payledger.stack;

import dev.payledger.stack.server.Processes;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The whole stack as containers on this machine, as `deploy/compose/compose.yaml` describes it;
/// the counterpart of `LocalStack`. Speaks through the commands `docker` and `docker compose`.
///
/// Containers start again by themselves; nothing here starts one for them.
public final class ComposeStack {
  /// The project of `docker compose up` without a name, and of `./demo up --docker`.
  public static final String PROJECT = "payledger";

  private static final Duration BUILD_BOUND = Duration.ofMinutes(20);
  private static final Duration UP_BOUND = Duration.ofMinutes(10);
  private static final Duration DOWN_BOUND = Duration.ofMinutes(2);
  private static final Duration COMMAND_BOUND = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final String PROJECT_LABEL = "label=com.docker.compose.project=";

  private final Path file;
  private final String project;
  private final int gatewayPort;
  private volatile @Nullable Process running;

  /// One container of the stack.
  ///
  /// @param startedAt of the engine; it changes with each start
  /// @param health result of its health check: `healthy`, `unhealthy`, `starting`
  public record Container(
      String service, String id, String state, String startedAt, String health) {
    public boolean isHealthy() {
      return state.equals("running") && health.equals("healthy");
    }
  }

  /// @param repository the root of a checkout
  /// @param gatewayPort where the gateway is published on 127.0.0.1
  public ComposeStack(Path repository, String project, int gatewayPort) {
    this.file = repository.resolve("deploy/compose/compose.yaml").toAbsolutePath();
    this.project = project;
    this.gatewayPort = gatewayPort;
  }

  /// Why it cannot be run on this machine, in a sentence; nothing when it can.
  public static Optional<String> unavailableReason() {
    try {
      if (run(COMMAND_BOUND, List.of("docker", "info")).status != 0) {
        return Optional.of("No container engine answers: start Docker and try again.");
      }
      if (run(COMMAND_BOUND, List.of("docker", "compose", "version")).status != 0) {
        return Optional.of("The command docker compose is missing: install its plugin, version 2.");
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("The command docker is missing: install Docker.");
    }
  }

  /// Builds the images; Docker's output goes to the file.
  public void build(Path log) throws IOException {
    Files.createDirectories(log.toAbsolutePath().getParent());
    compose(BUILD_BOUND, log.toFile(), "build");
  }

  /// Starts what does not run and returns when all of it is healthy.
  public void up() throws IOException {
    compose(UP_BOUND, null, "up", "--detach", "--wait", "--no-build");
  }

  /// Stops and removes everything but the data.
  public void down() throws IOException {
    compose(DOWN_BOUND, null, "down");
  }

  /// Stops and removes everything, the data too.
  public void wipe() throws IOException {
    compose(DOWN_BOUND, null, "down", "--volumes");
  }

  /// Ends a command that is under way.
  public void interrupt() {
    Process process = running;
    if (process != null) {
      Processes.stop(process.toHandle(), COMMAND_BOUND);
    }
  }

  /// Containers, volumes and networks of the project that are there.
  public List<String> remains() throws IOException {
    List<String> remains = new ArrayList<>();
    for (List<String> list :
        List.of(
            List.of("docker", "ps", "--all", "--format", "container {{.Names}}"),
            List.of("docker", "volume", "ls", "--format", "volume {{.Name}}"),
            List.of("docker", "network", "ls", "--format", "network {{.Name}}"))) {
      List<String> command = new ArrayList<>(list);
      command.addAll(List.of("--filter", PROJECT_LABEL + project));
      remains.addAll(checked(run(COMMAND_BOUND, command)).lines().toList());
    }
    return remains;
  }

  /// Every container of the stack, running or not; none when it is down.
  public List<Container> containers() throws IOException {
    List<String> ids =
        checked(
                run(
                    COMMAND_BOUND,
                    List.of(
                        "docker", "ps", "--all", "--quiet", "--filter", PROJECT_LABEL + project)))
            .lines()
            .toList();
    if (ids.isEmpty()) {
      return List.of();
    }
    List<String> inspect =
        new ArrayList<>(
            List.of(
                "docker",
                "inspect",
                "--format",
                "{{index .Config.Labels \"com.docker.compose.service\"}}|{{printf \"%.12s\" .Id}}"
                    + "|{{.State.Status}}|{{.State.StartedAt}}"
                    + "|{{if .State.Health}}{{.State.Health.Status}}{{end}}"));
    inspect.addAll(ids);
    return checked(run(COMMAND_BOUND, inspect))
        .lines()
        .map(line -> line.split("\\|", -1))
        .map(part -> new Container(part[0], part[1], part[2], part[3], part[4]))
        .toList();
  }

  public Container container(String service) throws IOException {
    return containers().stream()
        .filter(each -> each.service().equals(service))
        .findFirst()
        .orElseThrow(() -> new IOException(service + " has no container"));
  }

  /// `kill -9` of every process in the container but the init process. That one ends with them, and
  /// since the engine was not asked to stop the container, its restart policy starts it again;
  /// after `docker kill` it would not. Returns when it has been started again.
  public void kill(String service) throws IOException {
    Container before = container(service);
    // The command ends with the container: its status means nothing.
    run(COMMAND_BOUND, List.of("docker", "exec", before.id(), "bash", "-c", "kill -9 -1"));
    long deadline = System.nanoTime() + COMMAND_BOUND.toNanos();
    while (container(service).startedAt().equals(before.startedAt())) {
      if (System.nanoTime() > deadline) {
        throw new IOException(service + " was killed and did not start again");
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  /// Waits until every container is healthy.
  public void awaitHealthy(Duration bound) throws IOException {
    long deadline = System.nanoTime() + bound.toNanos();
    List<Container> containers = containers();
    while (!containers.stream().allMatch(Container::isHealthy)) {
      if (System.nanoTime() > deadline) {
        throw new IOException("not all healthy within " + bound.toSeconds() + " s: " + containers);
      }
      LockSupport.parkNanos(PAUSE.toNanos());
      containers = containers();
    }
  }

  /// The last lines of a container's log.
  public String log(String service, int lines) throws IOException {
    return checked(
        run(
            COMMAND_BOUND,
            List.of("docker", "logs", "--tail", Integer.toString(lines), container(service).id())));
  }

  /// A request to a service's management port, which is not published, made from inside its
  /// container with nothing but a shell; HTTP/1.0, so that the answer ends with the connection. The
  /// credential is read in there too: no process list of the machine shows it.
  public String manage(String service, String method, String path) throws IOException {
    return checked(
        run(
            COMMAND_BOUND,
            List.of(
                "docker",
                "exec",
                container(service).id(),
                "bash",
                "-c",
                "exec 3<>\"/dev/tcp/127.0.0.1/$MANAGEMENT_SERVER_PORT\""
                    + " && printf '%s %s HTTP/1.0\\r\\nHost: 127.0.0.1\\r\\nAuthorization: Bearer %s\\r\\n"
                    + "Content-Type: application/json\\r\\nContent-Length: 0\\r\\n\\r\\n'"
                    + " \"$0\" \"$1\" \"$(< /run/secrets/MANAGEMENT_CREDENTIAL)\" >&3"
                    + " && cat <&3",
                method,
                path)));
  }

  /// What each container takes of the memory it may have, by its id.
  public Map<String, String> memory() throws IOException {
    List<String> stats =
        new ArrayList<>(
            List.of("docker", "stats", "--no-stream", "--format", "{{.ID}}|{{.MemUsage}}"));
    containers().forEach(container -> stats.add(container.id()));
    return checked(run(COMMAND_BOUND, stats))
        .lines()
        .map(line -> line.split("\\|", -1))
        .collect(Collectors.toMap(part -> part[0], part -> part[1]));
  }

  /// Where the gateway is published.
  public URI gateway() {
    return URI.create("http://127.0.0.1:" + gatewayPort);
  }

  private void compose(Duration bound, @Nullable File log, String... words) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of("docker", "compose", "--file", file.toString(), "--project-name", project));
    command.addAll(List.of(words));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectInput(new File("/dev/null"));
    builder.environment().put("GATEWAY_PORT", Integer.toString(gatewayPort));
    if (log == null) {
      builder.redirectOutput(ProcessBuilder.Redirect.INHERIT);
    } else {
      builder.redirectOutput(log);
    }
    Process process = builder.start();
    running = process;
    int status = await(process, bound);
    running = null;
    if (status != 0) {
      throw new IOException("docker compose " + words[0] + " ended with status " + status);
    }
  }

  private record Finished(int status, String output) {}

  private static String checked(Finished finished) throws IOException {
    if (finished.status != 0) {
      throw new IOException("docker says: " + finished.output.strip());
    }
    return finished.output;
  }

  private static Finished run(Duration bound, List<String> command) throws IOException {
    Path output = Files.createTempFile("payledger-docker-", ".out");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectInput(new File("/dev/null"))
              .redirectOutput(output.toFile())
              .start();
      int status = await(process, bound);
      return new Finished(status, Files.readString(output, StandardCharsets.UTF_8));
    } finally {
      Files.delete(output);
    }
  }

  private static int await(Process process, Duration bound) throws IOException {
    try {
      if (!process.waitFor(bound.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new IOException("docker did not answer within " + bound.toSeconds() + " s");
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
