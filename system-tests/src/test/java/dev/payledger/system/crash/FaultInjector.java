package dev.payledger.system.crash;

import static dev.payledger.system.Stack.SOON;
import static dev.payledger.system.Stack.isFrozen;
import static dev.payledger.system.Stack.stack;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.payledger.failpoints.Arming;
import dev.payledger.stack.Service;
import dev.payledger.stack.server.Processes;
import dev.payledger.stack.server.TcpProxy;
import dev.payledger.system.crash.CrashMatrix.Kind;
import dev.payledger.system.crash.CrashMatrix.Row;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;

/// Kills, freezes and isolates services of the stack at a failpoint. A service that died is started
/// again. The ledger reaches its database through a proxy meanwhile.
final class FaultInjector implements AutoCloseable {
  static final String CAPTURE_WITHIN = "7d";

  /// Longer than every lease of the stack under test.
  private static final Duration ASLEEP = Duration.ofSeconds(6);

  /// How long the journal waits for its database, and longer than that; a transaction may still be
  /// open there.
  private static final String JOURNAL_WAITS_SECONDS = "3";

  private static final Duration CUT_OFF = Duration.ofSeconds(4);

  /// Between the ledger and its database.
  private final TcpProxy toDatabase;

  private String captureWithin = CAPTURE_WITHIN;

  private FaultInjector(TcpProxy toDatabase) {
    this.toDatabase = toDatabase;
  }

  static FaultInjector start() throws IOException {
    stack()
        .onUnexpectedExit(
            service -> {
              try {
                stack().start(service);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    TcpProxy toDatabase = TcpProxy.to(stack().ports().of(Service.POSTGRES));
    stack().with(Service.LEDGER, Map.of("JOURNAL_SOCKET_TIMEOUT", JOURNAL_WAITS_SECONDS));
    reachDatabaseAt(toDatabase.port());
    stack().start(Service.LEDGER);
    for (Service service : Service.ours()) {
      stack().awaitReady(service);
      // They start often.
      stack().archiveClasses(service);
    }
    return new FaultInjector(toDatabase);
  }

  @Override
  public void close() throws IOException {
    stack().onUnexpectedExit(service -> {});
    stack()
        .with(
            Service.LEDGER,
            Map.of("JOURNAL_SOCKET_TIMEOUT", "10", "CAPTURE_WITHIN", CAPTURE_WITHIN));
    reachDatabaseAt(stack().ports().of(Service.POSTGRES));
    toDatabase.close();
  }

  /// From the ledger's next start on.
  private static void reachDatabaseAt(int port) throws IOException {
    stack().with(Service.LEDGER, Map.of("POSTGRES_PORT", Integer.toString(port)));
    stack().stop(Service.LEDGER);
  }

  /// Restarts a ledger that runs with another value. The rows that need the same value are
  /// neighbours.
  void captureWithin(String duration) throws IOException {
    if (!duration.equals(captureWithin)) {
      captureWithin = duration;
      stack().with(Service.LEDGER, Map.of("CAPTURE_WITHIN", duration));
      stack().stop(Service.LEDGER);
      stack().start(Service.LEDGER);
      stack().awaitReady(Service.LEDGER);
    }
  }

  /// Arms the row's failpoint: the fault happens when the service passes it next.
  InjectedFault inject(Row row) throws IOException {
    Service service = Service.named(row.point().failpoint().service()).orElseThrow();
    ProcessHandle process = stack().process(service);
    Arming.arm(process, row.point(), row.kind().fault());
    return new InjectedFault(row, service, process, thaw(row, service, process));
  }

  record InjectedFault(Row row, Service service, ProcessHandle process, Thread thawing) {
    /// Until it has happened, and the service runs again.
    void await() throws InterruptedException {
      if (row.kind() == Kind.KILL) {
        assertThat(Processes.exitsWithin(process, SOON)).as(row + " was passed").isTrue();
        org.awaitility.Awaitility.await().atMost(SOON).until(() -> stack().isRunning(service));
        stack().awaitReady(service);
      } else {
        assertThat(thawing.join(SOON.plus(CUT_OFF))).as(row + " was passed").isTrue();
      }
    }
  }

  /// Resumes a frozen process after its lease is over, and an isolated one as soon as its database
  /// does not answer.
  private Thread thaw(Row row, Service service, ProcessHandle process) {
    if (row.kind() == Kind.KILL) {
      return Thread.currentThread();
    }
    return Thread.ofVirtual()
        .start(
            () -> {
              await()
                  .atMost(SOON)
                  .pollInterval(Duration.ofMillis(20))
                  .until(() -> isFrozen(process));
              try {
                if (row.kind() == Kind.BLACKHOLE) {
                  toDatabase.blackHole();
                  stack().resume(service);
                  assertThat(Processes.exitsWithin(process, CUT_OFF)).isFalse();
                  toDatabase.heal();
                } else {
                  assertThat(Processes.exitsWithin(process, ASLEEP)).isFalse();
                  stack().resume(service);
                }
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }
}
