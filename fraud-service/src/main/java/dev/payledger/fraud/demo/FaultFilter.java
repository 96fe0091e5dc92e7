package dev.payledger.fraud.demo;

import dev.payledger.kit.deadline.RequestTimeout;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Profile;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/// Stands in front of the assessments and does to a call what the faults say: first it waits, then it
/// answers instead of them or lets the call through.
@Component
@Profile("demo")
@Order(Ordered.HIGHEST_PRECEDENCE + 2)
final class FaultFilter extends OncePerRequestFilter {
  static final int BIG_BYTES = 10 * 1024 * 1024;

  private static final String PATH = "/assessments/";
  private static final Duration HANG_DURATION = Duration.ofDays(1);
  private static final byte[] FILLING = filling();

  private final Faults faults;
  private final Clock clock;

  FaultFilter(Faults faults, Clock clock) {
    this.faults = faults;
    this.clock = clock;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return !request.getRequestURI().startsWith(PATH);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    long began = System.nanoTime();
    await(faults.find(FaultKind.LATENCY), null);
    await(faults.find(FaultKind.HANG), HANG_DURATION);
    String transferId = request.getRequestURI().substring(PATH.length());
    if (faults.find(FaultKind.ERROR).filter(FaultFilter::happens).isPresent()) {
      response.setStatus(HttpStatus.INTERNAL_SERVER_ERROR.value());
    } else if (faults.find(FaultKind.GARBAGE).isPresent()) {
      approve(response, approval(transferId).getBytes(StandardCharsets.UTF_8), 0);
    } else if (faults.find(FaultKind.BIG).isPresent()) {
      String open = approval(transferId) + ",\"filling\":\"";
      approve(response, open.getBytes(StandardCharsets.UTF_8), BIG_BYTES);
    } else {
      chain.doFilter(new Delayed(request, Duration.ofNanos(System.nanoTime() - began)), response);
    }
  }

  private void await(Optional<Fault> fault, @Nullable Duration time) throws IOException {
    try {
      if (fault.isPresent()) {
        fault.get().await(time == null ? fault.get().latency() : time, clock.instant());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    }
  }

  private static boolean happens(Fault fault) {
    return ThreadLocalRandom.current().nextInt(100) < fault.percent();
  }

  /// The beginning of an approval. Without its end it is garbage; a reader that is content with the
  /// word would be wrong.
  private static String approval(String transferId) {
    return "{\"transferId\":\"" + transferId + "\",\"verdict\":\"APPROVED\"";
  }

  /// With filling it is a whole approval, which a reader of any length would believe.
  private static void approve(HttpServletResponse response, byte[] open, int fillingBytes)
      throws IOException {
    response.setStatus(HttpStatus.OK.value());
    response.setContentType(MediaType.APPLICATION_JSON_VALUE);
    OutputStream body = response.getOutputStream();
    body.write(open);
    for (int written = 0; written < fillingBytes; written += FILLING.length) {
      body.write(FILLING);
    }
    if (fillingBytes > 0) {
      body.write("\"}".getBytes(StandardCharsets.UTF_8));
    }
  }

  private static byte[] filling() {
    byte[] filling = new byte[8 * 1024];
    Arrays.fill(filling, (byte) 'x');
    return filling;
  }

  /// The same request when some of its time has gone by in here.
  private static final class Delayed extends HttpServletRequestWrapper {
    private final long delayMs;

    Delayed(HttpServletRequest request, Duration delay) {
      super(request);
      this.delayMs = delay.toMillis();
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
      Enumeration<String> values = super.getHeaders(name);
      return name.equals(RequestTimeout.HEADER)
          ? Collections.enumeration(Collections.list(values).stream().map(this::left).toList())
          : values;
    }

    private String left(String value) {
      return value.matches("[0-9]{1,9}")
          ? Long.toString(Math.max(0, Long.parseLong(value) - delayMs))
          : value;
    }
  }
}
