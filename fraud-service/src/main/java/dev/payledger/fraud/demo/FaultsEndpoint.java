package dev.payledger.fraud.demo;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.payledger.kit.problem.CommonErrorCode;
import dev.payledger.kit.problem.Problem;
import dev.payledger.kit.trace.Traceparent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.context.annotation.Profile;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;

/// `/actuator/faults` on the management port: which faults are on, one more, none.
@Component
@Profile("demo")
@WebEndpoint(id = "faults")
class FaultsEndpoint {
  static final Duration LASTS_UNASKED = Duration.ofSeconds(60);
  static final Duration LASTS_MAX = Duration.ofMinutes(10);
  static final Duration LATENCY_MAX = Duration.ofSeconds(30);
  private static final Pattern PERCENT = Pattern.compile("([1-9][0-9]?|100)%");

  private final Faults faults;

  FaultsEndpoint(Faults faults) {
    this.faults = faults;
  }

  /// @param value what it was switched on with: `2000ms`, `100%`; absent for the kinds that take none
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record FaultView(String kind, @Nullable String value, Instant until) {}

  record FaultsView(List<FaultView> faults) {}

  @ReadOperation
  FaultsView all() {
    return new FaultsView(faults.all().stream().map(FaultsEndpoint::view).toList());
  }

  /// @param value of latency a duration up to 30 s, of error a percentage; of the others nothing
  /// @param lasts a duration of at most 10 minutes; 60 s when absent
  @WriteOperation
  WebEndpointResponse<?> add(
      @Selector String kind, @Nullable String value, @Nullable String lasts) {
    try {
      FaultKind named =
          FaultKind.named(kind)
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "A fault is one of latency, error, hang, garbage and big."));
      faults.add(
          named,
          named == FaultKind.LATENCY
              ? duration("The value of latency", value, LATENCY_MAX)
              : Duration.ZERO,
          named == FaultKind.ERROR ? percent(value) : 100,
          lasts == null ? LASTS_UNASKED : duration("lasts", lasts, LASTS_MAX));
      return new WebEndpointResponse<>(all());
    } catch (IllegalArgumentException e) {
      return refusal(Objects.requireNonNullElse(e.getMessage(), ""));
    }
  }

  @DeleteOperation
  void end() {
    faults.end();
  }

  private static FaultView view(Fault fault) {
    return new FaultView(
        fault.kind().title(),
        switch (fault.kind()) {
          case LATENCY -> fault.latency().toMillis() + "ms";
          case ERROR -> fault.percent() + "%";
          case HANG, GARBAGE, BIG -> null;
        },
        fault.until());
  }

  private static Duration duration(String what, @Nullable String text, Duration max) {
    Duration duration;
    try {
      duration = DurationStyle.detectAndParse(Objects.requireNonNullElse(text, ""));
    } catch (IllegalArgumentException e) {
      duration = Duration.ZERO;
    }
    if (!duration.isPositive() || duration.compareTo(max) > 0) {
      throw new IllegalArgumentException(
          what + " is a duration such as 2s or 500ms, at most " + max.toSeconds() + "s.");
    }
    return duration;
  }

  private static int percent(@Nullable String text) {
    Matcher matcher = PERCENT.matcher(Objects.requireNonNullElse(text, ""));
    if (!matcher.matches()) {
      throw new IllegalArgumentException("The value of error is from 1% to 100%.");
    }
    return Integer.parseInt(matcher.group(1));
  }

  private static WebEndpointResponse<Map<String, Object>> refusal(String detail) {
    return new WebEndpointResponse<>(
        Problem.of(CommonErrorCode.INVALID_REQUEST, detail).body(Traceparent.start().traceId()),
        WebEndpointResponse.STATUS_BAD_REQUEST,
        MediaType.APPLICATION_PROBLEM_JSON);
  }
}
