package dev.payledger.demo.running;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// A process as written down: the number alone would after a while belong to a stranger.
///
/// @param startedAt when it started, as the operating system says
public record RecordedProcess(long pid, Instant startedAt) {
  // The system derives start times from its boot time, which it keeps to the second only.
  private static final Duration TOLERANCE = Duration.ofSeconds(2);

  static RecordedProcess of(ProcessHandle process) {
    return new RecordedProcess(process.pid(), process.info().startInstant().orElse(Instant.EPOCH));
  }

  /// The process itself, if it still runs.
  public Optional<ProcessHandle> find() {
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .filter(
            process ->
                Duration.between(startedAt, process.info().startInstant().orElse(Instant.EPOCH))
                        .abs()
                        .compareTo(TOLERANCE)
                    <= 0);
  }
}
