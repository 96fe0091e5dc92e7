package dev.payledger.kit.groupcommit;

import dev.payledger.kit.retry.FullJitter;
import java.time.Duration;

/// What a group commit may hold and how long it tries.
///
/// @param queueMax commands that may queue, at least 1; one more is refused immediately
/// @param weightMax weight of one transaction, at least 1; a command with more is alone in it
/// @param attemptsMax attempts at one batch before it is halved or given up, at least 1
/// @param backoff pauses between attempts; the cap bounds the pauses of a postponed command as well
/// @param lockPatience how long a command is tried again whose rows another session has locked; longer
///     than a transaction of one's own takes
/// @param postponedMax commands that may wait for such rows, at least 1; one more is refused
public record GroupCommitLimits(
    int queueMax,
    int weightMax,
    int attemptsMax,
    FullJitter backoff,
    Duration lockPatience,
    int postponedMax) {
  public GroupCommitLimits {
    if (queueMax < 1 || weightMax < 1 || attemptsMax < 1 || postponedMax < 1) {
      throw new IllegalArgumentException("each limit of a group commit is at least 1");
    }
    if (lockPatience.isNegative()) {
      throw new IllegalArgumentException("lock-patience must not be negative");
    }
  }
}
