package dev.payledger.gateway.issuer;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.annotation.Profile;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Component;

/// Compares secrets with their hashes, on a few threads of the platform. A check takes a processor for
/// a tenth of a second, on purpose; on a virtual thread it would take a carrier, of which there is one
/// for each processor, and every other request would wait for it. `TokenRequestFilter` bounds how many wait here.
@Component
@Profile("demo")
class SecretCheck implements PasswordEncoder, DisposableBean {
  private final PasswordEncoder hashes = PasswordEncoderFactories.createDelegatingPasswordEncoder();
  private final ExecutorService threads;

  SecretCheck(DemoIssuerProperties properties) {
    this.threads =
        Executors.newFixedThreadPool(
            properties.secretChecks().concurrencyMax(),
            Thread.ofPlatform().daemon().name("secret-check-", 0).factory());
  }

  @Override
  public boolean matches(@Nullable CharSequence secret, @Nullable String hash) {
    Future<Boolean> check = threads.submit(() -> hashes.matches(secret, hash));
    try {
      return check.get();
    } catch (InterruptedException e) {
      check.cancel(true);
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a secret is checked", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a secret cannot be checked", e.getCause());
    }
  }

  @Override
  public @Nullable String encode(@Nullable CharSequence secret) {
    return hashes.encode(secret);
  }

  @Override
  public boolean upgradeEncoding(@Nullable String hash) {
    return hashes.upgradeEncoding(hash);
  }

  @Override
  public void destroy() {
    threads.shutdownNow();
  }
}
