package dev.payledger.system.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.stack.Service;
import dev.payledger.system.Stack;
import dev.payledger.testkit.Seed;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// How long a "no" takes does not tell whether there is something that is somebody else's. Both are
/// asked for in turn, so that what else the machine does slows both, and the medians are compared.
class TimingIT extends Stack {
  private static final int CALLS = 400;
  private static final int WARM_UP = 300;

  /// Noise may hide a difference or make one, but it does not make the same one each time.
  private static final int TRIES = 5;

  private static final double APART_MAX = 0.2;
  private static final Duration APART_UNNOTICED = Duration.ofNanos(150_000);

  private final HttpClient http = HttpClient.newHttpClient();
  private final RandomGenerator random = Seed.next().random();

  private record Medians(long thereNanos, long notThereNanos) {
    boolean areApart() {
      long apart = Math.abs(thereNanos - notThereNanos);
      return apart > APART_UNNOTICED.toNanos() && apart > APART_MAX * notThereNanos;
    }

    @Override
    public String toString() {
      return "%d µs when it is there, %d µs when not"
          .formatted(thereNanos / 1_000, notThereNanos / 1_000);
    }
  }

  @Test
  void refusalsOfHiddenAndMissingThingsTakeEqualTime() throws Exception {
    String account = account("alice", 1_000);
    String key = key();
    String transfer = settleTransfer("alice", key, account, account("alice", 0), 1).text("id");
    URI gateway = stack().url(Service.GATEWAY);
    URI ledger = stack().url(Service.LEDGER);

    same(ledger, "/v1/accounts/%s", account);
    same(ledger, "/v1/transfers/%s", transfer);
    same(ledger, "/v1/transfers?accountId=%s", account);
    same(stack().url(Service.NOTIFY_EU), "/v1/accounts/%s/feed", account);
    same(gateway, "/v1/accounts/%s", account);
    same(gateway, "/v1/transfers/%s", transfer);
    same(gateway, "/v1/idempotency-keys?operation=create-transfer&key=%s", key);
  }

  private void same(URI service, String path, String there) throws Exception {
    Medians medians = null;
    for (int attempt = 0; attempt < TRIES && (medians == null || medians.areApart()); attempt++) {
      medians = medians(service, path, there);
    }
    System.out.println(service.getPort() + " " + path + ": " + medians);
    assertThat(medians.areApart()).as(path + ": " + medians).isFalse();
  }

  private Medians medians(URI service, String path, String there) throws Exception {
    long[][] took = new long[2][CALLS];
    for (int call = -WARM_UP; call < CALLS; call++) {
      int first = random.nextInt(2);
      for (int each : new int[] {first, 1 - first}) {
        String id = each == 0 ? there : UUID.randomUUID().toString();
        long nanos = nanos(service.resolve(path.formatted(id)));
        if (call >= 0) {
          took[each][call] = nanos;
        }
      }
    }
    return new Medians(median(took[0]), median(took[1]));
  }

  private long nanos(URI address) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(address).header("Authorization", "Bearer " + token("bob")).build();
    long began = System.nanoTime();
    int status = http.send(request, BodyHandlers.discarding()).statusCode();
    long nanos = System.nanoTime() - began;
    assertThat(status).as(address.toString()).isIn(200, 404);
    return nanos;
  }

  private static long median(long[] values) {
    long[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
