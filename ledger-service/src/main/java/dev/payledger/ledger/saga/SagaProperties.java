package dev.payledger.ledger.saga;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/// Configuration of the saga.
///
/// @param leaseDuration how long an owner has a saga to itself
/// @param transferLifetime time from request to `expiresAt`
/// @param captureWithin how long screened funds are held for their capture by request, seconds at least
/// @param recoveryInterval pause between two looks for unowned sagas
/// @param recoveryConcurrencyMax sagas that one recovery works on at a time
/// @param recoveryPerInitiatorMax how many of these may be of one initiator
/// @param recoveryTimeout bound of one recovery of one saga; below the lease
/// @param backoffBase wait before the next attempt is random below this; doubles with each
/// @param backoffMax bound of that wait
/// @param failuresMax defects in a row after which a saga is parked, at least 1
/// @param offlineLimitMinor largest transfer that may pass unscreened, minor units
/// @param offlineAllowanceMinor what one account may move unscreened within a window, minor units
/// @param offlineOwnerAllowanceMinor what one owner's accounts together may, minor units
/// @param offlineWindow length of that window
@ConfigurationProperties("payledger.saga")
record SagaProperties(
    Duration leaseDuration,
    Duration transferLifetime,
    Duration captureWithin,
    Duration recoveryInterval,
    int recoveryConcurrencyMax,
    int recoveryPerInitiatorMax,
    Duration recoveryTimeout,
    Duration backoffBase,
    Duration backoffMax,
    int failuresMax,
    long offlineLimitMinor,
    long offlineAllowanceMinor,
    long offlineOwnerAllowanceMinor,
    Duration offlineWindow) {
  SagaProperties {
    if (recoveryTimeout.compareTo(leaseDuration) >= 0) {
      throw new IllegalArgumentException("recovery-timeout must be below lease-duration");
    }
    if (transferLifetime.compareTo(leaseDuration) <= 0) {
      throw new IllegalArgumentException("transfer-lifetime must exceed lease-duration");
    }
    if (captureWithin.toSeconds() < 1) {
      throw new IllegalArgumentException("capture-within must be at least a second");
    }
    if (offlineLimitMinor < 0 || offlineAllowanceMinor < offlineLimitMinor) {
      throw new IllegalArgumentException(
          "offline-allowance-minor must not be below offline-limit-minor, nor that below 0");
    }
    if (offlineOwnerAllowanceMinor < offlineAllowanceMinor) {
      throw new IllegalArgumentException(
          "offline-owner-allowance-minor must not be below offline-allowance-minor");
    }
    if (!offlineWindow.isPositive()) {
      throw new IllegalArgumentException("offline-window must be positive");
    }
    if (failuresMax < 1) {
      throw new IllegalArgumentException("failures-max must be at least 1");
    }
    if (recoveryPerInitiatorMax < 1 || recoveryConcurrencyMax <= recoveryPerInitiatorMax) {
      throw new IllegalArgumentException(
          "recovery-per-initiator-max must be at least 1 and below recovery-concurrency-max");
    }
    if (backoffMax.compareTo(backoffBase) < 0) {
      throw new IllegalArgumentException("backoff-max must not be below backoff-base");
    }
  }
}
