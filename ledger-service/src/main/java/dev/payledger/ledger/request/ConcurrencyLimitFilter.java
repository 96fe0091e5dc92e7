package dev.payledger.ledger.request;

import dev.payledger.kit.problem.CommonErrorCode;
import dev.payledger.kit.problem.Problem;
import dev.payledger.kit.problem.ProblemWriter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterProperties;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/// How many requests the ledger works for at once; one more is refused in front of everything that
/// costs something, the check of its token too. A virtual thread is cheap, but what a request holds
/// while it waits for one of a few database connections is not: without a bound the heap is.
///
/// Who goes first when not all can is the gateway's business; this one keeps the process alive.
@Component
@Order(SecurityFilterProperties.DEFAULT_FILTER_ORDER - 1)
class ConcurrencyLimitFilter extends OncePerRequestFilter {
  private final Semaphore permits;
  private final Counter rejected;

  ConcurrencyLimitFilter(RequestProperties properties, MeterRegistry meters) {
    int concurrencyMax = properties.concurrencyMax();
    this.permits = new Semaphore(concurrencyMax);
    this.rejected =
        Counter.builder("ledger.request.rejected")
            .description("requests that were refused because too many were worked for")
            .register(meters);
    Gauge.builder(
            "ledger.request.in.flight", permits, free -> concurrencyMax - free.availablePermits())
        .description("requests that are worked for")
        .register(meters);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (!permits.tryAcquire()) {
      rejected.increment();
      ProblemWriter.write(
          request,
          response,
          Problem.retryAfter(
              CommonErrorCode.TEMPORARY_REDUCED_CAPACITY,
              "The ledger works for as many requests as it can. Nothing was done for this one: send"
                  + " it again.",
              // Requests that are refused together should not come back together.
              Duration.ofSeconds(ThreadLocalRandom.current().nextInt(1, 4))));
      return;
    }
    try {
      chain.doFilter(request, response);
    } finally {
      permits.release();
    }
  }
}
