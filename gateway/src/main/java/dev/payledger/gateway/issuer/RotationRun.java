package dev.payledger.gateway.issuer;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Profile;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/// Makes the next signing key in good time, forgets those whose tokens have all expired, and looks
/// what other gateways did. All of them run it: the row of a generation says who made it. A crash between the
/// steps loses nothing; the next pass of any gateway goes on. Passes, rotations and drops of one gateway exclude each other.
@Component
@Profile("demo")
class RotationRun {
  private static final Logger log = LoggerFactory.getLogger(RotationRun.class);

  private final SigningKeys keys;
  private final KeyRing ring;
  private final DemoIssuerProperties properties;

  RotationRun(SigningKeys keys, KeyRing ring, DemoIssuerProperties properties) {
    this.keys = keys;
    this.ring = ring;
    this.properties = properties;
    // A gateway has a key to sign with before the first caller comes. One that cannot open the keys
    // that there are does not start.
    runOnce();
  }

  @Scheduled(fixedDelayString = "${gateway.demo-issuer.keys.look-every}")
  void run() {
    try {
      runOnce();
    } catch (DataAccessException e) {
      log.warn("the signing keys stay as they are known: {}", e.toString());
    } catch (SealBroken e) {
      // No key is made, dropped or learned until an operator decides: two gateways with different
      // secrets do not rotate each other's keys away.
      log.error("the signing keys stay as they are known. {}", e.getMessage());
    }
  }

  /// One pass.
  synchronized void runOnce() {
    Instant now = keys.now();
    List<SigningKey> all = keys.all();
    if (all.isEmpty()) {
      offer(1, now, now);
    } else {
      SigningKey newest = all.getLast();
      DemoIssuerProperties.Keys life = properties.keys();
      Instant due = newest.signsFrom().plus(life.rotateEvery());
      Instant soonest = now.plus(life.publishAhead());
      if (!due.isAfter(soonest)) {
        offer(newest.generation() + 1, now, due.isBefore(soonest) ? soonest : due);
      }
    }
    keys.forget(now.minus(properties.acceptedAfterwards()));
    ring.look();
  }

  /// A new key signs from now on; the ones before are accepted for as long as ever.
  synchronized void rotate() {
    Instant now = keys.now();
    List<SigningKey> all = keys.all();
    offer(all.isEmpty() ? 1 : all.getLast().generation() + 1, now, now);
    ring.look();
  }

  /// Takes a key back at once, with all tokens that it signed.
  synchronized void drop(SigningKey key) {
    // Before anything changes: with a row that does not open, no ring would learn of the drop.
    ring.look();
    if (ring.signing().generation() == key.generation()) {
      rotate();
    }
    keys.drop(key.generation());
    ring.look();
  }

  private void offer(int generation, Instant now, Instant signsFrom) {
    keys.offer(new SigningKey(generation, generated(), now, signsFrom));
    log.info("signing key {} signs from {}", generation, signsFrom);
  }

  private static RSAKey generated() {
    try {
      return new RSAKeyGenerator(2048).keyIDFromThumbprint(true).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException("every JDK makes RSA keys", e);
    }
  }
}
