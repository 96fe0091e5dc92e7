package dev.payledger.ledger.screening;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.payledger.kit.deadline.Deadline;
import dev.payledger.kit.deadline.RequestTimeout;
import dev.payledger.kit.trace.Traceparent;
import dev.payledger.ledger.money.Leg;
import dev.payledger.ledger.screening.ScreeningConcurrencyLimiter.Permit;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.timelimiter.TimeLimiter;
import io.github.resilience4j.timelimiter.TimeLimiterRegistry;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import tools.jackson.databind.json.JsonMapper;

/// The client of fraud-service. Both calls are idempotent by the transfer's id, and neither is
/// repeated here: the saga repeats, under its own backoff and within the `RetryBudget`. A repeat that
/// finds the breaker open is not sent; in half-open it is a probe like any other call.
@Component
public class FraudScreening {
  private static final Logger log = LoggerFactory.getLogger(FraudScreening.class);

  private final HttpClient http;
  private final ScreeningProperties properties;
  private final JsonMapper json;
  private final CircuitBreaker breaker;
  private final ScreeningConcurrencyLimiter permits;
  private final TimeLimiter timeLimiter;
  private final RetryBudget budget;
  private final ScreeningMetrics metrics;

  FraudScreening(
      ScreeningProperties properties,
      ScreeningConcurrencyLimiter permits,
      RetryBudget budget,
      ScreeningMetrics metrics,
      JsonMapper json,
      CircuitBreakerRegistry breakers,
      TimeLimiterRegistry timeLimiters) {
    this.properties = properties;
    this.permits = permits;
    this.budget = budget;
    this.metrics = metrics;
    this.json = json;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(properties.connectTimeout())
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    this.breaker = breakers.circuitBreaker("fraud");
    this.timeLimiter = timeLimiters.timeLimiter("fraud");
    metrics.watch(breaker);
  }

  /// What is asked about a transfer.
  public record Question(String currency, boolean operatorInitiated, List<Leg> legs) {}

  /// The longest that one call takes.
  public Duration callTimeout() {
    return timeLimiter.getTimeLimiterConfig().getTimeoutDuration();
  }

  /// So many releases may be under way at once.
  public int releasesMax() {
    return properties.releasePermits();
  }

  /// One asking about a transfer.
  ///
  /// @param caller who started the transfer, and takes a permit for it from a share
  /// @param isRepeat whether it was asked before, and gave no usable answer
  /// @param isRecovery whether nobody waits for it: then it waits for the caller's other transfers as
  ///     long as a call takes and no longer, which would hold up the recovery of everybody else's
  public record Attempt(String caller, boolean isRepeat, boolean isRecovery) {}

  /// The verdict on the transfer: the same for the same id, however often it is asked. Waits for a
  /// permit as long as the call itself still fits into the remaining time.
  public Verdict assess(UUID transferId, Question question, Attempt attempt, Deadline deadline) {
    requireNoTransaction();
    Duration wait = deadline.remaining().minus(callTimeout());
    if (wait.isNegative()) {
      return congested();
    }
    try (Permit permit = permits.tryAcquire(attempt.caller(), shareWait(attempt, wait), wait)) {
      if (permit == null) {
        return congested();
      }
      return guarded(
          "assess",
          attempt.isRepeat(),
          () -> {
            if (!attempt.isRepeat()) {
              budget.earn();
            }
            HttpResponse<byte[]> answer =
                send(
                    request(transferId.toString(), deadline)
                        .header("Content-Type", "application/json")
                        .PUT(
                            HttpRequest.BodyPublishers.ofString(
                                json.writeValueAsString(question))));
            return switch (answer.statusCode()) {
              case 200 -> verdict(transferId, answer.body());
              case 409 -> Verdict.RELEASED;
              default -> throw new UnusableAnswer("status " + answer.statusCode());
            };
          });
    } catch (CallNotPermittedException e) {
      return Verdict.BREAKER_OPEN;
    } catch (RetryBudgetUsedUp e) {
      return Verdict.RETRY_LATER;
    } catch (InterruptedException e) {
      // This process stops, which is no outage of fraud-service.
      Thread.currentThread().interrupt();
      return Verdict.RETRY_LATER;
    } catch (Exception e) {
      log.info("fraud-service not usable: {}", e.toString());
      boolean isSlowOnly =
          e instanceof TimeoutException
              && !attempt.isRepeat()
              && breaker.getState() == CircuitBreaker.State.CLOSED;
      return isSlowOnly ? Verdict.TIMED_OUT : Verdict.UNAVAILABLE;
    }
  }

  private Duration shareWait(Attempt attempt, Duration wait) {
    return attempt.isRecovery() && wait.compareTo(callTimeout()) > 0 ? callTimeout() : wait;
  }

  private Verdict congested() {
    metrics.congested();
    return Verdict.CONGESTED;
  }

  /// Asks to give back what was reserved for the transfer and did not move; afterwards it can no longer
  /// be approved.
  ///
  /// @param movedMinor what it has moved, minor units
  /// @param again whether this was tried before
  /// @param wait how long a permit may be waited for
  /// @return false when it is not known to have arrived
  public boolean release(
      UUID transferId, long movedMinor, boolean again, Duration wait, Deadline deadline) {
    requireNoTransaction();
    try (Permit permit = permits.tryAcquireForRelease(wait)) {
      if (permit == null) {
        return false;
      }
      return guarded(
          "release",
          again,
          () -> {
            HttpResponse<byte[]> answer =
                send(request(transferId + "?movedMinor=" + movedMinor, deadline).DELETE());
            if (answer.statusCode() != 204) {
              throw new UnusableAnswer("status " + answer.statusCode());
            }
            return true;
          });
    } catch (CallNotPermittedException | RetryBudgetUsedUp e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (Exception e) {
      log.info("fraud-service not usable: {}", e.toString());
      return false;
    }
  }

  /// Locks must not be held while another service thinks; the architecture rule cannot see every way.
  private static void requireNoTransaction() {
    if (TransactionSynchronizationManager.isActualTransactionActive()) {
      throw new IllegalStateException("fraud-service called while a database transaction is open");
    }
  }

  /// Within a permit, so that waiting for one does not count as a failure of fraud-service: first the
  /// breaker, which counts everything that is not a usable answer in time; then the budget, so that
  /// nothing is taken from it for a call that the breaker stops.
  private <T> T guarded(String operation, boolean again, Callable<T> call) throws Exception {
    return breaker.executeCallable(
        () -> {
          if (again) {
            spend();
          }
          metrics.called(operation, again);
          T answer = call.call();
          if (again) {
            budget.answered();
          }
          return answer;
        });
  }

  private void spend() {
    try {
      budget.spend();
    } catch (RetryBudgetUsedUp e) {
      metrics.usedUp();
      throw e;
    }
  }

  /// The time limit covers the body too: an answer that never ends is a time-out.
  private HttpResponse<byte[]> send(HttpRequest.Builder request) throws Exception {
    return timeLimiter.executeFutureSupplier(
        () ->
            http.sendAsync(
                request.build(),
                HttpResponse.BodyHandlers.limiting(
                    HttpResponse.BodyHandlers.ofByteArray(), properties.answerBytesMax())));
  }

  /// Passes on the time that is waited for the answer: the call's limit, and never more than the
  /// caller has left.
  private HttpRequest.Builder request(String assessment, Deadline deadline) {
    long limitMs = Math.min(callTimeout().toMillis(), deadline.remaining().toMillis());
    HttpRequest.Builder request =
        HttpRequest.newBuilder(properties.url().resolve("/assessments/" + assessment))
            .header("Authorization", "Bearer " + properties.credential())
            .header(RequestTimeout.HEADER, Long.toString(limitMs));
    Traceparent.nextInLog().ifPresent(next -> request.header(Traceparent.HEADER, next.header()));
    return request;
  }

  /// Only a well-formed answer about this very transfer counts; a parse failure is not an approval.
  private Verdict verdict(UUID transferId, byte[] body) {
    Answer answer = json.readValue(body, Answer.class);
    if (!transferId.equals(answer.transferId())) {
      throw new UnusableAnswer("an answer about another transfer");
    }
    return switch (answer.verdict()) {
      case "APPROVED" -> Verdict.APPROVED;
      case "DECLINED" -> Verdict.DECLINED;
      case null, default -> throw new UnusableAnswer("no verdict");
    };
  }

  @JsonIgnoreProperties(ignoreUnknown = true)
  private record Answer(@Nullable UUID transferId, @Nullable String verdict) {}

  private static final class UnusableAnswer extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnusableAnswer(String what) {
      super(what, null, false, false);
    }
  }
}
