package dev.payledger.ledger.screening;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.payledger.ledger.journal.Leg;
import dev.payledger.ledger.request.TimeLeft;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadFullException;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
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
  private final Bulkhead bulkhead;
  private final TimeLimiter timeLimiter;
  private final RetryBudget budget;
  private final ScreeningMetrics metrics;

  FraudScreening(
      ScreeningProperties properties,
      RetryBudget budget,
      ScreeningMetrics metrics,
      JsonMapper json,
      CircuitBreakerRegistry breakers,
      BulkheadRegistry bulkheads,
      TimeLimiterRegistry timeLimiters) {
    this.properties = properties;
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
    this.bulkhead = bulkheads.bulkhead("fraud");
    this.timeLimiter = timeLimiters.timeLimiter("fraud");
    metrics.watch(breaker);
  }

  /// What is asked about a transfer.
  public record Question(String currency, boolean operatorInitiated, List<Leg> legs) {}

  /// The longest that one call takes.
  public Duration callTimeout() {
    return timeLimiter.getTimeLimiterConfig().getTimeoutDuration();
  }

  /// The verdict on the transfer: the same for the same id, however often it is asked.
  ///
  /// @param again whether it was asked before, and gave no usable answer
  public Verdict assess(UUID transferId, Question question, boolean again, TimeLeft timeLeft) {
    return guarded(
        "assess",
        again,
        () -> {
          if (!again) {
            budget.earn();
          }
          HttpResponse<byte[]> answer =
              send(
                  request(transferId, timeLeft)
                      .header("Content-Type", "application/json")
                      .PUT(HttpRequest.BodyPublishers.ofString(json.writeValueAsString(question))));
          return switch (answer.statusCode()) {
            case 200 -> verdict(transferId, answer.body());
            case 409 -> Verdict.RELEASED;
            default -> throw new UnusableAnswer("status " + answer.statusCode());
          };
        },
        Verdict.NOT_ASKED,
        Verdict.UNAVAILABLE);
  }

  /// Asks to give back what was reserved for the transfer; afterwards it can no longer be approved.
  ///
  /// @param again whether this was tried before
  /// @return false when it is not known to have arrived
  public boolean release(UUID transferId, boolean again, TimeLeft timeLeft) {
    return guarded(
        "release",
        again,
        () -> {
          HttpResponse<byte[]> answer = send(request(transferId, timeLeft).DELETE());
          if (answer.statusCode() != 204) {
            throw new UnusableAnswer("status " + answer.statusCode());
          }
          return true;
        },
        false,
        false);
  }

  /// Bulkhead outside, so that a full one does not count as a failure of fraud-service; then the
  /// breaker, which counts everything that is not a usable answer in time; then the budget, so that
  /// nothing is taken from it for a call that the other two stop.
  private <T> T guarded(String operation, boolean again, Callable<T> call, T notSent, T notUsable) {
    // Locks must not be held while another service thinks; the architecture rule cannot see every
    // way.
    if (TransactionSynchronizationManager.isActualTransactionActive()) {
      throw new IllegalStateException("fraud-service called while a database transaction is open");
    }
    try {
      return bulkhead.executeCallable(
          () ->
              breaker.executeCallable(
                  () -> {
                    if (again) {
                      budget.spend();
                    }
                    metrics.called(operation, again);
                    return call.call();
                  }));
    } catch (CallNotPermittedException | BulkheadFullException e) {
      log.debug("fraud-service not asked: {}", e.toString());
      return notSent;
    } catch (RetryBudgetUsedUp e) {
      metrics.usedUp();
      return notSent;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return notUsable;
    } catch (Exception e) {
      log.info("fraud-service not usable: {}", e.toString());
      return notUsable;
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
  private HttpRequest.Builder request(UUID transferId, TimeLeft timeLeft) {
    long limitMs = Math.min(callTimeout().toMillis(), timeLeft.toDuration().toMillis());
    return HttpRequest.newBuilder(properties.url().resolve("/assessments/" + transferId))
        .header("Authorization", "Bearer " + properties.credential())
        .header("Request-Timeout-Ms", Long.toString(limitMs));
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
