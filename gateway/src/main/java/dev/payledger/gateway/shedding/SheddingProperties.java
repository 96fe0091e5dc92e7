package dev.payledger.gateway.shedding;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/// Load shedding, for each service behind.
///
/// @param limitStart requests at once before anything is known
/// @param limitMin never fewer
/// @param limitMax never more
/// @param window how long the limit stays as it is, at least
/// @param baselineKept a route's least time is forgotten after one to two of these
/// @param caller what one caller may have of it
/// @param waits requests that only wait, for a transfer's end or another one with their key; they take
///     no permit
@ConfigurationProperties("gateway.shedding")
public record SheddingProperties(
    int limitStart,
    int limitMin,
    int limitMax,
    Duration window,
    Duration baselineKept,
    Queue critical,
    Queue interactive,
    Caller caller,
    Waits waits) {

  /// How many may wait for a permit, and how long.
  public record Queue(int lengthMax, Duration waitMax) {
    private static final Queue NONE = new Queue(0, Duration.ZERO);

    public Queue {
      if (lengthMax < 0 || waitMax.isNegative()) {
        throw new IllegalArgumentException(
            "gateway.shedding: length-max and wait-max of a queue must not be negative");
      }
    }
  }

  /// What one caller may have in flight to one service at this gateway. A batch weighs as much as the
  /// ledger works on of it at once.
  ///
  /// @param inFlightMax less than the limit, so that no caller takes all of it
  /// @param waitingMax requests that wait for one of these permits
  /// @param waitMax how long they do
  public record Caller(int inFlightMax, int waitingMax, Duration waitMax) {
    public Caller {
      if (inFlightMax < 1 || waitingMax < 0 || waitMax.isNegative()) {
        throw new IllegalArgumentException(
            "gateway.shedding.caller: in-flight-max must be positive, waiting-max and wait-max not"
                + " negative");
      }
    }
  }

  /// @param totalMax to one service at this gateway
  /// @param perCallerMax less than all, so that no caller takes them all
  public record Waits(int totalMax, int perCallerMax) {
    public Waits {
      if (perCallerMax < 1 || perCallerMax >= totalMax) {
        throw new IllegalArgumentException(
            "gateway.shedding.waits must have 1 <= per-caller-max < total-max");
      }
    }
  }

  public SheddingProperties {
    if (limitMin < 1 || limitStart < limitMin || limitMax < limitStart) {
      throw new IllegalArgumentException(
          "gateway.shedding must have 1 <= limit-min <= limit-start <= limit-max");
    }
    if (caller.inFlightMax() >= limitMax) {
      throw new IllegalArgumentException(
          "gateway.shedding.caller.in-flight-max must be below limit-max");
    }
    if (!window.isPositive() || !baselineKept.isPositive()) {
      throw new IllegalArgumentException(
          "gateway.shedding: window and baseline-kept must be positive");
    }
  }

  Queue queueOf(Priority priority) {
    return switch (priority) {
      case CRITICAL -> critical;
      case INTERACTIVE -> interactive;
      case SHEDDABLE -> Queue.NONE;
    };
  }
}
