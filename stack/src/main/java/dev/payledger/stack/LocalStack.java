package dev.payledger.stack;

import dev.payledger.stack.server.PostgresAddress;
import dev.payledger.stack.server.Processes;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The whole stack as operating system processes on this machine: what `./demo` runs and what the
/// system tests break. Every process can be started, stopped, killed and frozen by name; data lives
/// in the work folder and survives all of that.
///
/// Thread-safe. It restarts nothing by itself; `onUnexpectedExit` reports what ended.
public final class LocalStack implements AutoCloseable {
  private static final Duration READY_BOUND = Duration.ofMinutes(2);
  private static final Duration STOP_BOUND = Duration.ofSeconds(15);

  private final Path work;
  private final Path repository;
  private final StackPorts ports;
  private final Consumer<String> progress;
  private final ServiceEnvironment environment;
  private final ClassArchives archives;
  private final LocalServers servers;
  private final Map<Service, ProcessHandle> running = new ConcurrentHashMap<>();
  // One start or end of a process at a time per service: a restart must not race a kill.
  private final Map<Service, ReentrantLock> locks = new EnumMap<>(Service.class);
  private final Readiness readiness = new Readiness();
  private volatile boolean closed;
  private volatile Consumer<Service> unexpectedExit = service -> {};
  private volatile Runnable changed = () -> {};

  /// @param work the folder for data and logs
  /// @param repository the root of a built checkout
  /// @param progress is told each step in a few words
  public LocalStack(Path work, Path repository, StackPorts ports, Consumer<String> progress) {
    this.work = work.toAbsolutePath();
    this.repository = repository.toAbsolutePath();
    this.ports = ports;
    this.progress = progress;
    this.environment = new ServiceEnvironment(this.work, ports);
    this.servers = new LocalServers(this.work, ports, environment);
    this.archives = new ClassArchives(this.repository, environment);
    for (Service service : Service.values()) {
      locks.put(service, new ReentrantLock());
    }
  }

  /// Adds to the service's environment from its next start on.
  public LocalStack with(Service service, Map<String, String> variables) {
    environment.add(service, variables);
    return this;
  }

  /// Takes the variables out of the service's environment again, from its next start on.
  public LocalStack without(Service service, Set<String> variables) {
    environment.remove(service, variables);
    return this;
  }

  /// Called, on a thread of its own, when a process ended that this stack did not end.
  public LocalStack onUnexpectedExit(Consumer<Service> listener) {
    unexpectedExit = listener;
    return this;
  }

  /// Called after each start of a process, so that a caller can record which ones there are.
  public LocalStack onChange(Runnable listener) {
    changed = listener;
    return this;
  }

  /// Starts everything and returns when all of it is ready.
  public void startAll() throws IOException {
    try (ExecutorService starters = Executors.newVirtualThreadPerTaskExecutor()) {
      // Unpacking waits for the disk while the two servers come up.
      Future<?> unpacked = starters.submit(this::unpackAll);
      Future<?> broker = starters.submit(() -> startOne(Service.KAFKA));
      Future<?> database = starters.submit(() -> startOne(Service.POSTGRES));
      await(database);
      await(unpacked);
      // All concurrently: each waits for what it needs, and two cores stay busy to the end.
      for (Service service : Service.ours()) {
        start(service);
      }
      await(broker);
      awaitReady(Service.KAFKA);
      for (Service service : Service.ours()) {
        awaitReady(service);
        progress.accept(service.title() + " is ready");
      }
    }
  }

  /// Starts the process if it is not running. PostgreSQL is ready on return; for the others
  /// `awaitReady` waits.
  public void start(Service service) throws IOException {
    locked(
        service,
        () -> {
          if (closed) {
            throw new IllegalStateException("the stack is closed");
          }
          if (isRunning(service)) {
            return;
          }
          progress.accept("starting " + service.title());
          ProcessHandle process =
              service.isOurs() ? startOurs(service) : servers.start(service, log(service));
          running.put(service, process);
          changed.run();
          var _ =
              process
                  .onExit()
                  .thenAccept(
                      ended -> {
                        if (running.remove(service, ended)) {
                          unexpectedExit.accept(service);
                        }
                      });
        });
  }

  /// Waits until the service is ready to work, and fails as soon as its process has ended.
  public void awaitReady(Service service) {
    awaitReady(service, READY_BOUND);
  }

  public void awaitReady(Service service, Duration bound) {
    ProcessHandle process = running.get(service);
    if (process == null) {
      throw new NotReadyException(service, "ended while starting");
    }
    if (service.isOurs()) {
      readiness.await(service, process, managementUrl(service), bound);
    } else {
      servers.awaitReady(service, bound);
    }
  }

  /// Asks the process to end, and kills it when it takes too long.
  public void stop(Service service) throws IOException {
    end(
        service,
        process -> {
          if (service.isOurs()) {
            Processes.stop(process, STOP_BOUND);
          } else {
            servers.stop(service);
          }
        });
  }

  /// `kill -9`, and returns when the process is gone.
  public void kill(Service service) throws IOException {
    end(
        service,
        process -> {
          if (service.isOurs()) {
            process.destroyForcibly();
            Processes.exitsWithin(process, STOP_BOUND);
          } else {
            servers.kill(service);
          }
        });
  }

  /// Freezes the process: it keeps its connections and answers no request.
  public void suspend(Service service) throws IOException {
    signal(service, "-STOP");
  }

  public void resume(Service service) throws IOException {
    signal(service, "-CONT");
  }

  /// Makes the service start in half the time from now on, for this build of it: a second instance,
  /// with the lowest priority, loads its classes beside the running stack and keeps them in a file.
  /// Takes about ten seconds of one core, and returns immediately when the file exists. Best
  /// effort.
  public void archiveClasses(Service service) throws IOException {
    archives.make(service, work.resolve("logs").resolve("archive-" + service.title() + ".log"));
  }

  public boolean isRunning(Service service) {
    ProcessHandle process = running.get(service);
    return process != null && process.isAlive();
  }

  public ProcessHandle process(Service service) {
    return required(running.get(service), service);
  }

  /// The processes that run now.
  public Map<Service, ProcessHandle> processes() {
    return Map.copyOf(running);
  }

  public StackPorts ports() {
    return ports;
  }

  public URI url(Service service) {
    return ports.url(service);
  }

  public URI managementUrl(Service service) {
    return ports.managementUrl(service);
  }

  public String kafkaBootstrapServers() {
    return ports.kafkaBootstrapServers();
  }

  /// The database server, for a look behind the services' backs.
  public PostgresAddress postgres() {
    return servers.postgres();
  }

  /// Made at the first start.
  public StackSecrets secrets() throws IOException {
    return environment.secrets();
  }

  public Path log(Service service) {
    return work.resolve("logs").resolve(service.title() + ".log");
  }

  /// Stops everything, callers first, so that no process loses one that it still calls.
  @Override
  public void close() throws IOException {
    unexpectedExit = service -> {};
    closed = true;
    archives.close();
    try (ExecutorService stoppers = Executors.newVirtualThreadPerTaskExecutor()) {
      stop(Service.GATEWAY);
      List<Future<?>> stopping =
          Service.ours().stream()
              .<Future<?>>map(each -> stoppers.submit(() -> stopOne(each)))
              .toList();
      for (Future<?> each : stopping) {
        await(each);
      }
      Future<?> broker = stoppers.submit(() -> stopOne(Service.KAFKA));
      Future<?> database = stoppers.submit(() -> stopOne(Service.POSTGRES));
      await(broker);
      await(database);
    } finally {
      readiness.close();
    }
  }

  private @Nullable Void startOne(Service service) throws IOException {
    start(service);
    return null;
  }

  private @Nullable Void stopOne(Service service) throws IOException {
    stop(service);
    return null;
  }

  private @Nullable Void unpackAll() throws IOException {
    for (Service service : Service.ours()) {
      ExtractedJar.of(repository, service);
    }
    return null;
  }

  private ProcessHandle startOurs(Service service) throws IOException {
    return environment
        .process(
            service, JavaCommand.start(service, ExtractedJar.of(repository, service)), log(service))
        .start()
        .toHandle();
  }

  private void end(Service service, Ending ending) throws IOException {
    locked(
        service,
        () -> {
          // Taken off the list first: this end is expected.
          ProcessHandle process = running.remove(service);
          if (process != null) {
            ending.end(process);
          }
        });
  }

  private void signal(Service service, String signal) throws IOException {
    Processes.signalAll(process(service), signal);
  }

  private void locked(Service service, Step step) throws IOException {
    ReentrantLock lock = required(locks.get(service), service);
    lock.lock();
    try {
      step.run();
    } finally {
      lock.unlock();
    }
  }

  private static void await(Future<?> step) throws IOException {
    try {
      step.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static <T> T required(@Nullable T value, Service service) {
    if (value == null) {
      throw new IllegalStateException(service.title() + " is not running");
    }
    return value;
  }

  private interface Step {
    void run() throws IOException;
  }

  private interface Ending {
    void end(ProcessHandle process) throws IOException;
  }
}
