package dev.payledger.demo.running;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.payledger.stack.Service;
import java.io.IOException;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class MachineTest {
  private static final String LISTENER =
      "   4: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0"
          + " 123456 1 0000000000000000 100 0 0 10 0";
  private static final String CALLER = LISTENER.replace(" 0A ", " 01 ");

  @Test
  void listenerIsFoundByItsPort() {
    assertThat(Machine.inode(LISTENER, 8080)).containsExactly("123456");
    assertThat(Machine.inode(LISTENER, 8081)).isEmpty();
    assertThat(Machine.inode(CALLER, 8080)).isEmpty();
    assertThat(Machine.inode("  sl  local_address rem_address   st tx_queue", 8080)).isEmpty();
  }

  @Test
  void takenPortIsASentence() {
    assertThat(Machine.takenSentence(8080, Service.GATEWAY, OptionalLong.empty()))
        .isEqualTo("Port 8080, which gateway needs, is taken by another process: stop that first.");
  }

  @Test
  void tooLittleMemoryIsASentence() {
    assertThat(Preflight.tooLittleMemory(1_024L * 1024 * 1024))
        .isEqualTo(
            "Only 1,024 MB of memory are available and the stack needs 2,500 MB: close something"
                + " first.");
  }

  @Test
  void sizesAreReadByName() throws IOException {
    String rollup = "Rss:              100 kB\nPss:               42 kB\nPss_Dirty:         7 kB\n";
    assertThat(Machine.kilobytes(rollup, "Pss:")).isEqualTo(42);
    assertThatThrownBy(() -> Machine.kilobytes(rollup, "Swap:")).hasMessageContaining("Swap:");
  }
}
