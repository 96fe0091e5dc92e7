package dev.payledger.local;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
/// Thread-safe. Nothing is restarted behind the caller's back; `onUnexpectedExit` tells.
public final class LocalStack implements AutoCloseable {
  private static final Duration READY_BOUND = Duration.ofMinutes(2);
  private static final Duration REMEMBER_BOUND = Duration.ofMinutes(5);
  private static final Duration STOP_BOUND = Duration.ofSeconds(15);

  private final Path work;
  private final Path repository;
  private final StackPorts ports;
  private final Consumer<String> progress;
  private final Map<Service, Map<String, String>> environment = new ConcurrentHashMap<>();
  private final Map<Service, ProcessHandle> running = new ConcurrentHashMap<>();
  // One start or end of a process at a time per service: a restart must not race a kill.
  private final Map<Service, ReentrantLock> locks = new EnumMap<>(Service.class);
  private final Readiness readiness = new Readiness();
  private volatile boolean closed;
  private volatile @Nullable ProcessHandle background;
  private volatile @Nullable PostgresServer postgres;
  private volatile @Nullable KafkaServer kafka;
  private volatile Consumer<Service> unexpectedExit = service -> {};
  private volatile Runnable changed = () -> {};
  private @Nullable StackSecrets secrets;

  /// @param work the folder for data and logs
  /// @param repository the root of a built checkout
  /// @param progress is told each step in a few words
  public LocalStack(Path work, Path repository, StackPorts ports, Consumer<String> progress) {
    this.work = work.toAbsolutePath();
    this.repository = repository.toAbsolutePath();
    this.ports = ports;
    this.progress = progress;
    for (Service service : Service.values()) {
      locks.put(service, new ReentrantLock());
    }
  }

  /// Adds to the service's environment from its next start on.
  public LocalStack with(Service service, Map<String, String> variables) {
    environment.merge(
        service,
        Map.copyOf(variables),
        (left, right) -> {
          Map<String, String> both = new HashMap<>(left);
          both.putAll(right);
          return both;
        });
    return this;
  }

  /// Takes the variables out of the service's environment again, from its next start on.
  public LocalStack without(Service service, Set<String> variables) {
    environment.computeIfPresent(
        service,
        (_, before) -> {
          Map<String, String> left = new HashMap<>(before);
          left.keySet().removeAll(variables);
          return left;
        });
    return this;
  }

  /// Called, on a thread of its own, when a process ended that nobody here ended.
  public LocalStack onUnexpectedExit(Consumer<Service> listener) {
    unexpectedExit = listener;
    return this;
  }

  /// Called after each start of a process, so that somebody can write down which ones there are.
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
      // All at once: each waits for what it needs, and two cores are kept busy to the end.
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
              switch (service) {
                case POSTGRES -> startPostgres();
                case KAFKA -> startKafka();
                default -> startOurs(service);
              };
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
    switch (service) {
      case POSTGRES -> {
        // Its start waits by itself.
      }
      case KAFKA -> awaitKafka(bound);
      default -> awaitOurs(service, process, bound);
    }
  }

  private void awaitKafka(Duration bound) {
    try {
      required(kafka, Service.KAFKA).awaitReady(bound);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NotReadyException(Service.KAFKA, "was waited for in vain: interrupted");
    } catch (IllegalStateException e) {
      throw new NotReadyException(Service.KAFKA, "is not ready: " + e.getMessage());
    }
  }

  private void awaitOurs(Service service, ProcessHandle process, Duration bound) {
    long deadline = System.nanoTime() + bound.toNanos();
    while (!readiness.of(managementUrl(service)).equals("UP")) {
      // The pause between two questions ends early when there is nobody left to ask.
      if (Processes.exitsWithin(process, Duration.ofMillis(100))) {
        throw new NotReadyException(service, "ended while starting");
      }
      if (Thread.currentThread().isInterrupted() || System.nanoTime() > deadline) {
        throw new NotReadyException(
            service, "was not ready within " + bound.toSeconds() + " seconds");
      }
    }
  }

  /// Asks the process to end, and kills it when it takes too long.
  public void stop(Service service) throws IOException {
    end(
        service,
        process -> {
          switch (service) {
            case POSTGRES -> required(postgres, service).close();
            case KAFKA -> required(kafka, service).close();
            default -> Processes.stop(process, STOP_BOUND);
          }
        });
  }

  /// `kill -9`, and returns when the process is gone.
  public void kill(Service service) throws IOException {
    end(
        service,
        process -> {
          switch (service) {
            case POSTGRES -> required(postgres, service).kill();
            case KAFKA -> required(kafka, service).kill();
            default -> {
              process.destroyForcibly();
              Processes.exitsWithin(process, STOP_BOUND);
            }
          }
        });
  }

  /// Freezes the process: it keeps its connections and answers nobody.
  public void suspend(Service service) throws IOException {
    signal(service, "-STOP");
  }

  public void resume(Service service) throws IOException {
    signal(service, "-CONT");
  }

  /// Makes the service start in half the time from now on, for this build of it: a second instance,
  /// with the lowest priority, loads its classes beside the running stack and keeps them in a file.
  /// Takes about ten seconds of one core; returns at once when it has been done. Best effort.
  public void rememberStart(Service service) throws IOException {
    ExtractedJar jar = ExtractedJar.of(repository, service);
    if (closed || Files.exists(jar.cache())) {
      return;
    }
    Path log = work.resolve("logs").resolve("remember-" + service.title() + ".log");
    ProcessBuilder remembering =
        process(service, JavaCommand.remember(service, jar), log)
            .directory(jar.directory().toFile());
    // The running instance has the ports.
    remembering.environment().putAll(Map.of("SERVER_PORT", "0", "MANAGEMENT_SERVER_PORT", "0"));
    Process process = remembering.start();
    background = process.toHandle();
    if (closed) {
      process.destroyForcibly();
    }
    // Its own wait: the handle's may end a moment before the exit value is there.
    if (!endsWithin(process, REMEMBER_BOUND)) {
      process.destroyForcibly();
    } else if (process.exitValue() == 0 && Files.exists(jar.unfinishedCache())) {
      Files.move(jar.unfinishedCache(), jar.cache(), StandardCopyOption.REPLACE_EXISTING);
    }
    background = null;
  }

  private static boolean endsWithin(Process process, Duration bound) {
    try {
      return process.waitFor(bound);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
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
    return URI.create("http://127.0.0.1:" + ports.of(service));
  }

  public URI managementUrl(Service service) {
    return URI.create("http://127.0.0.1:" + ports.managementOf(service));
  }

  public String kafkaBootstrapServers() {
    return "127.0.0.1:" + ports.of(Service.KAFKA);
  }

  /// The database server, for a look behind the services' backs.
  public PostgresAddress postgres() {
    return required(postgres, Service.POSTGRES).address();
  }

  /// Made at the first start.
  public synchronized StackSecrets secrets() throws IOException {
    StackSecrets known = secrets;
    if (known == null) {
      ownWorkFolder();
      known = StackSecrets.make(work);
      secrets = known;
    }
    return known;
  }

  public Path log(Service service) {
    return work.resolve("logs").resolve(service.title() + ".log");
  }

  /// Stops everything, callers first, so that nobody complains about who left before.
  @Override
  public void close() throws IOException {
    unexpectedExit = service -> {};
    closed = true;
    ProcessHandle remembering = background;
    if (remembering != null) {
      remembering.destroyForcibly();
    }
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

  /// Data, logs, passwords and binaries are for the user who runs the stack; a folder from before is closed
  /// too.
  private void ownWorkFolder() throws IOException {
    Files.createDirectories(work);
    Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwx------"));
  }

  private ProcessHandle startPostgres() throws IOException {
    PostgresServer before = postgres;
    if (before != null) {
      // One that died by itself still holds the library's lock on the directory.
      before.close();
    }
    PostgresServer server =
        PostgresServer.start(
            work.resolve("postgres"),
            ports.of(Service.POSTGRES),
            Map.of(),
            secrets().databasePasswords());
    postgres = server;
    return server.process();
  }

  private ProcessHandle startKafka() throws IOException {
    KafkaServer server =
        KafkaServer.start(
            work.resolve("kafka"),
            ports.of(Service.KAFKA),
            log(Service.KAFKA),
            secrets().kafkaPasswords());
    kafka = server;
    return server.process();
  }

  private ProcessHandle startOurs(Service service) throws IOException {
    return process(
            service, JavaCommand.start(service, ExtractedJar.of(repository, service)), log(service))
        .start()
        .toHandle();
  }

  private ProcessBuilder process(Service service, List<String> command, Path log)
      throws IOException {
    Files.createDirectories(log.getParent());
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(work.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    // The launcher's shell may have the secrets of one service, from `./demo secrets`.
    builder.environment().keySet().removeAll(secrets().variables());
    builder.environment().putAll(address(service));
    builder.environment().putAll(secrets().of(service));
    builder.environment().putAll(Optional.ofNullable(environment.get(service)).orElse(Map.of()));
    return builder;
  }

  /// Who listens where, in the variables that every service reads.
  private Map<String, String> address(Service service) {
    return Map.ofEntries(
        Map.entry("SERVER_ADDRESS", "127.0.0.1"),
        Map.entry("SERVER_PORT", Integer.toString(ports.of(service))),
        Map.entry("MANAGEMENT_SERVER_PORT", Integer.toString(ports.managementOf(service))),
        Map.entry("POSTGRES_HOST", "127.0.0.1"),
        Map.entry("POSTGRES_PORT", Integer.toString(ports.of(Service.POSTGRES))),
        Map.entry("KAFKA_BOOTSTRAP_SERVERS", kafkaBootstrapServers()),
        Map.entry("LEDGER_URL", url(Service.LEDGER).toString()),
        Map.entry("FRAUD_URL", url(Service.FRAUD).toString()),
        Map.entry("NOTIFY_EU_URL", url(Service.NOTIFY_EU).toString()),
        Map.entry("ISSUER_URL", url(Service.GATEWAY).toString()),
        Map.entry("REPLICA", "eu"),
        Map.entry("SPRING_PROFILES_ACTIVE", "demo"));
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
    ProcessHandle process = process(service);
    Processes.signal(process, signal);
    // PostgreSQL is a family; the postmaster alone only takes new calls.
    for (ProcessHandle child : process.descendants().toList()) {
      try {
        Processes.signal(child, signal);
      } catch (IOException e) {
        // One that has ended by itself meanwhile needs no signal.
        if (child.isAlive()) {
          throw e;
        }
      }
    }
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
