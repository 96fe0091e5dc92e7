package dev.payledger.gateway.limits;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.Base16;
import io.lettuce.core.codec.StringCodec;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.ClassPathResource;

/// The buckets in Redis. An answer comes within `timeout`, connecting included, or not at all; after
/// several that did not come Redis is left alone for a while, so that it does not cost every
/// request that time. Nothing but limits is kept there: money and keys never wait for it.
final class LimitStore implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LimitStore.class);
  private static final int COMMANDS_WAITING_MAX = 1_000;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);

  private final byte[] script;
  private final String digest;
  private final Duration timeout;
  private final RedisURI uri;
  private final RedisClient client;
  private final CircuitBreaker breaker;
  private final Counter failed;
  private final Counter spared;
  private @Nullable CompletableFuture<StatefulRedisConnection<String, String>> connection;

  /// @param tokens what was granted; 0 when less than the least was there
  /// @param levelMillionths what the bucket has left, in millionths of a token
  record Grant(long tokens, long levelMillionths) {
    double level() {
      return levelMillionths / 1e6;
    }
  }

  /// @param timeout the longest that one request waits
  LimitStore(
      RateLimitProperties.Redis properties, Duration timeout, byte[] script, MeterRegistry meters) {
    this.script = script.clone();
    this.digest = Base16.digest(script);
    this.timeout = timeout;
    this.uri = uri(properties);
    this.client = RedisClient.create();
    this.client.setOptions(
        ClientOptions.builder()
            // A lost connection is made anew by the next request that may ask: what was sent on the
            // old one is not repeated, for it may have been done.
            .autoReconnect(false)
            .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
            .requestQueueSize(COMMANDS_WAITING_MAX)
            .maintNotificationsConfig(MaintNotificationsConfig.disabled())
            .socketOptions(SocketOptions.builder().connectTimeout(CONNECT_TIMEOUT).build())
            .build());
    this.breaker =
        CircuitBreaker.of(
            "limit-store",
            CircuitBreakerConfig.custom()
                .slidingWindowSize(10)
                .minimumNumberOfCalls(5)
                .failureRateThreshold(50)
                .waitDurationInOpenState(properties.retryAfter())
                .permittedNumberOfCallsInHalfOpenState(1)
                .build());
    // A server that is gone without a word keeps its connections open: once it has failed, the next
    // try is on a new one.
    this.breaker
        .getEventPublisher()
        .onStateTransition(
            event -> {
              log.warn("Redis, for limits: {}", event.getStateTransition());
              if (event.getStateTransition().getToState() == CircuitBreaker.State.OPEN) {
                hangUp();
              }
            });
    this.failed = fallback(meters, "failed");
    this.spared = fallback(meters, "spared");
  }

  /// The bucket's rules, as Redis runs them.
  static byte[] script() {
    try {
      return new ClassPathResource("limit.lua", LimitStore.class).getContentAsByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The longest that one request may wait for Redis.
  Duration timeout() {
    return timeout;
  }

  /// Gives back, refills and grants in one step; empty when Redis did not answer. Then it may have
  /// granted all the same, and those tokens are lost: the caller has the less, never the more.
  ///
  /// @param least 0 to grant nothing
  /// @param within the longest that the caller can wait, no more than `timeout`
  Optional<Grant> draw(BucketKey bucketKey, long back, long least, long most, Duration within) {
    String[] arguments = {
      Integer.toString(bucketKey.budget().perSecond()),
      Integer.toString(bucketKey.budget().burst()),
      Long.toString(back),
      Long.toString(least),
      Long.toString(most)
    };
    try {
      return Optional.of(breaker.executeCallable(() -> run(bucketKey.key(), arguments, within)));
    } catch (CallNotPermittedException e) {
      spared.increment();
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (Exception e) {
      failed.increment();
      log.debug("Redis did not answer", e);
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
  }

  private Grant run(String key, String[] arguments, Duration within) throws Exception {
    long deadline = System.nanoTime() + within.toNanos();
    RedisAsyncCommands<String, String> redis = answer(connection(), deadline).async();
    String[] keys = {key};
    RedisFuture<List<Long>> sent = redis.evalsha(digest, ScriptOutputType.MULTI, keys, arguments);
    List<Long> said;
    try {
      said = answer(sent, deadline);
    } catch (ExecutionException e) {
      // A server that was started anew does not know the script yet.
      if (!(e.getCause() instanceof RedisNoScriptException)) {
        throw e;
      }
      sent = redis.eval(script, ScriptOutputType.MULTI, keys, arguments);
      said = answer(sent, deadline);
    }
    return new Grant(said.get(0), said.get(1));
  }

  private static <T> T answer(Future<T> future, long deadline) throws Exception {
    try {
      return future.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      // Nobody waits for it any more; a connection that is still being made is kept for the next.
      if (future instanceof RedisFuture<?>) {
        future.cancel(true);
      }
      throw e;
    }
  }

  /// The one connection, being made if there is none. Requests share it: commands of many go out
  /// one behind the other.
  private synchronized CompletableFuture<StatefulRedisConnection<String, String>> connection() {
    CompletableFuture<StatefulRedisConnection<String, String>> current = connection;
    if (current == null || !isUsable(current)) {
      current = client.connectAsync(StringCodec.UTF8, uri).toCompletableFuture();
      connection = current;
    }
    return current;
  }

  /// One that the server closed looks usable until the breaker has seen it fail, and hangs up.
  private static boolean isUsable(CompletableFuture<StatefulRedisConnection<String, String>> it) {
    return !it.isDone() || (!it.isCompletedExceptionally() && it.join().isOpen());
  }

  private synchronized void hangUp() {
    CompletableFuture<StatefulRedisConnection<String, String>> current = connection;
    connection = null;
    if (current != null && isUsable(current)) {
      // Nobody waits for it to be closed.
      var _ = current.thenCompose(StatefulRedisConnection::closeAsync);
    }
  }

  private static RedisURI uri(RateLimitProperties.Redis properties) {
    RedisURI uri = RedisURI.create(properties.url());
    String password = properties.password();
    if (password == null || password.isEmpty()) {
      return uri;
    }
    String user = URI.create(properties.url()).getUserInfo();
    return RedisURI.builder(uri)
        .withAuthentication(user == null ? "default" : user, password)
        .build();
  }

  private static Counter fallback(MeterRegistry meters, String why) {
    return Counter.builder("gateway.limit.fallback")
        .description("Requests that Redis did not decide: it failed, or was spared after failing")
        .tag("why", why)
        .register(meters);
  }
}
