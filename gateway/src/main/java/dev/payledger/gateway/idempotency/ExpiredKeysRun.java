package dev.payledger.gateway.idempotency;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/// Forgets keys whose time is over. A crash between batches loses nothing: the next pass goes on.
/// A request that comes back later with a forgotten key is answered by the ledger, which is not asked
/// to forget.
@Component
class ExpiredKeysRun {
  private static final Logger log = LoggerFactory.getLogger(ExpiredKeysRun.class);
  private static final int BATCHES_MAX = 20;

  private final IdempotencyKeys keys;
  private final IdempotencyProperties properties;

  ExpiredKeysRun(IdempotencyKeys keys, IdempotencyProperties properties) {
    this.keys = keys;
    this.properties = properties;
  }

  @Scheduled(fixedDelayString = "${gateway.idempotency.purge-every}")
  void run() {
    try {
      // What comes in a minute must go in one: after a full pass there is more.
      int fullPass = BATCHES_MAX * properties.purgeBatchMax();
      int forgotten = fullPass;
      while (forgotten == fullPass) {
        forgotten = runOnce();
      }
    } catch (DataAccessException e) {
      log.warn("expired keys are kept until the next pass", e);
    }
  }

  /// One bounded pass; returns how many keys it forgot.
  int runOnce() {
    int forgotten = 0;
    for (int batch = 0; batch < BATCHES_MAX; batch++) {
      int purged = keys.purge(properties.purgeBatchMax());
      forgotten += purged;
      if (purged < properties.purgeBatchMax()) {
        break;
      }
    }
    return forgotten;
  }
}
