package dev.payledger.gateway.routes;

import dev.payledger.gateway.routes.Route.Command;
import dev.payledger.gateway.schema.BodySchema;
import dev.payledger.kit.problem.CommonErrorCode;
import dev.payledger.kit.problem.Problem;
import dev.payledger.kit.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.springframework.web.filter.OncePerRequestFilter;

/// Reads the whole body, before anything waits for it: who sends slowly holds a connection, and no
/// permit among those whom a service works for.
///
/// Bodies are bounded, and so is what all of them take together: small ones by the number of
/// connections, large ones by a number of their own.
public final class BodyFilter extends OncePerRequestFilter {
  private static final String ATTRIBUTE = BodyFilter.class.getName();

  /// Of a mebibyte each at most.
  private static final int LARGE_AT_ONCE_MAX = 32;

  private final Semaphore large = new Semaphore(LARGE_AT_ONCE_MAX);

  /// The body of a command.
  static byte[] bodyOf(HttpServletRequest request) {
    if (request.getAttribute(ATTRIBUTE) instanceof byte[] body) {
      return body;
    }
    throw new IllegalStateException("BodyFilter has not run");
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (!(Route.find(request).map(Route::target).orElse(null) instanceof Command command)) {
      chain.doFilter(request, response);
      return;
    }
    int bytesMax = command.schema().bytesMax();
    if (bytesMax <= BodySchema.BYTES_MAX || isSmall(request)) {
      read(request, response, chain, bytesMax);
    } else if (large.tryAcquire()) {
      try {
        read(request, response, chain, bytesMax);
      } finally {
        large.release();
      }
    } else {
      ProblemWriter.write(
          request,
          response,
          Problem.retryAfter(
              CommonErrorCode.TEMPORARY_REDUCED_CAPACITY,
              "There are more large bodies now than can be held. Nothing was done for this request:"
                  + " send it again later, with the same key.",
              Duration.ofSeconds(1)));
    }
  }

  private void read(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain, int bytesMax)
      throws ServletException, IOException {
    byte[] body = BodyReader.read(request, response, bytesMax);
    if (body == null) {
      return;
    }
    request.setAttribute(ATTRIBUTE, body);
    chain.doFilter(request, response);
  }

  /// A body sent in chunks may become a large one.
  private static boolean isSmall(HttpServletRequest request) {
    long length = request.getContentLengthLong();
    return length <= BodySchema.BYTES_MAX
        && (length >= 0 || request.getHeader("Transfer-Encoding") == null);
  }
}
