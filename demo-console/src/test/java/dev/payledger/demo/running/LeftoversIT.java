package dev.payledger.demo.running;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.payledger.demo.journey.Refusal;
import dev.payledger.stack.Service;
import dev.payledger.stack.StackPorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a launcher writes down finds its processes again, and only them.
class LeftoversIT {

  @TempDir private Path directory;
  private StackFolders folders;
  private Process process;

  @BeforeEach
  void startProcess() throws IOException {
    folders = StackFolders.of(directory);
    process = new ProcessBuilder("sleep", "60").start();
  }

  @AfterEach
  void endProcess() {
    process.destroyForcibly();
  }

  @Test
  void processOfAKilledLauncherIsFoundAndStopped() throws Exception {
    StackState.of(0, true, Map.of(Service.GATEWAY, process.toHandle())).write(folders.state());

    assertThat(Leftovers.find(folders)).containsExactly(Service.GATEWAY);
    assertThat(Leftovers.stop(folders)).containsExactly(Service.GATEWAY);

    assertThat(process.waitFor(5, TimeUnit.SECONDS)).isTrue();
    assertThat(folders.state()).doesNotExist();
  }

  @Test
  void strangerWithARecordedNumberIsLeftAlone() throws Exception {
    RecordedProcess recorded = RecordedProcess.of(process.toHandle());
    RecordedProcess earlier =
        new RecordedProcess(recorded.pid(), recorded.startedAt().minusSeconds(60));
    new StackState(
            RecordedProcess.of(ProcessHandle.current()), 0, true, Map.of(Service.KAFKA, earlier))
        .write(folders.state());

    assertThat(Leftovers.stop(folders)).isEmpty();

    assertThat(process.isAlive()).isTrue();
  }

  @Test
  void secondLauncherIsRefusedWhileTheFirstLives() throws Exception {
    StackState.of(0, true, Map.of()).write(folders.state());

    assertThatThrownBy(() -> Preflight.run(folders, new StackPorts(0), step -> {}))
        .isInstanceOf(Refusal.class)
        .hasMessageStartingWith("Already up, started by process " + ProcessHandle.current().pid());
  }

  @Test
  void unreadableStateIsAnErrorAndNotAnAbsence() throws IOException {
    Files.createDirectories(folders.work());
    Files.writeString(folders.state(), "{\"launcher\":");

    assertThatThrownBy(() -> StackState.read(folders.state()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is not readable");
  }

  @Test
  void listenerIsNamedByItsProcess() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(Machine.isFree(socket.getLocalPort())).isFalse();
      assertThat(Machine.listener(socket.getLocalPort())).hasValue(ProcessHandle.current().pid());
    }
  }
}
