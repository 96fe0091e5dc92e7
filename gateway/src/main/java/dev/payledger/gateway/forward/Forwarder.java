package dev.payledger.gateway.forward;

import dev.payledger.kit.deadline.Deadline;
import dev.payledger.kit.deadline.RequestTimeout;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// Sends one call to one service, once; `SheddingFilter` bounds how many at a time. It never retries: a retry belongs to the caller, who has
/// the idempotency key, and to one layer only.
@Component
public class Forwarder {
  /// Of the remaining time, what is kept back for storing the answer and for the way home.
  private static final Duration KEPT_BACK_MAX = Duration.ofMillis(250);

  private final ForwardProperties properties;
  private final HttpClient http;

  Forwarder(ForwardProperties properties) {
    this.properties = properties;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(properties.connectTimeout())
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
  }

  public UpstreamResult send(UpstreamRequest call, Deadline deadline) {
    Duration time = keepBack(deadline.remaining());
    if (time.toMillis() < 1) {
      return new UpstreamResult.NotSent("deadline passed");
    }
    return exchange(request(call, time), time);
  }

  private UpstreamResult exchange(HttpRequest request, Duration time) {
    // The request's own timeout ends with the headers. Waiting on the future bounds the body too;
    // cancelling it closes the connection.
    CompletableFuture<HttpResponse<byte[]>> exchange =
        http.sendAsync(
            request,
            BodyHandlers.limiting(
                BodyHandlers.ofByteArray(), properties.answerSizeMax().toBytes()));
    try {
      return new UpstreamResult.Answered(
          answer(exchange.get(time.toNanos(), TimeUnit.NANOSECONDS)));
    } catch (TimeoutException e) {
      exchange.cancel(true);
      return new UpstreamResult.Unknown("no answer within " + time.toMillis() + " ms");
    } catch (InterruptedException e) {
      exchange.cancel(true);
      Thread.currentThread().interrupt();
      return new UpstreamResult.Unknown("interrupted");
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      // Both come from the attempt to connect; no byte of the request has left.
      return cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException
          ? new UpstreamResult.NotSent("cannot connect: " + cause)
          : new UpstreamResult.Unknown(String.valueOf(cause));
    }
  }

  private HttpRequest request(UpstreamRequest call, Duration time) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(properties.urlOf(call.upstream()) + call.target()))
            .header("Authorization", "Bearer " + call.accessToken())
            .header("traceparent", call.traceparent().header())
            .header(RequestTimeout.HEADER, Long.toString(time.toMillis()))
            .timeout(time);
    UUID commandId = call.commandId();
    if (commandId != null) {
      request.header("Command-Id", commandId.toString());
    }
    if (call.contentType() != null) {
      request.header("Content-Type", call.contentType());
    }
    byte[] body = call.body();
    return request
        .method(
            call.method(),
            body == null
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofByteArray(body))
        .build();
  }

  private static UpstreamResponse answer(HttpResponse<byte[]> response) {
    return new UpstreamResponse(
        response.statusCode(),
        header(response, "Content-Type"),
        publicPath(header(response, "Location")),
        header(response, "Retry-After"),
        header(response, "WWW-Authenticate"),
        publicLink(header(response, "Link")),
        response.body());
  }

  private static @Nullable String header(HttpResponse<byte[]> response, String name) {
    return response.headers().firstValue(name).orElse(null);
  }

  /// Only paths of the public API pass; an absolute address would name a machine behind the gateway.
  private static @Nullable String publicPath(@Nullable String location) {
    return location != null && location.startsWith("/v1/") ? location : null;
  }

  private static @Nullable String publicLink(@Nullable String link) {
    return link != null && link.startsWith("</v1/") ? link : null;
  }

  private static Duration keepBack(Duration remaining) {
    Duration fifth = remaining.dividedBy(5);
    return remaining.minus(fifth.compareTo(KEPT_BACK_MAX) < 0 ? fifth : KEPT_BACK_MAX);
  }
}
