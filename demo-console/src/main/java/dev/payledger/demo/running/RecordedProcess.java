package dev.payledger.demo.running;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// A recorded process: the number alone may belong to another process after a while.
///
/// @param startedAt its start, from the operating system
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
