package dev.payledger.ledger.saga;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SagaPropertiesTest {
  private Duration lease = Duration.ofSeconds(10);
  private Duration lifetime = Duration.ofMinutes(15);
  private Duration captureWithin = Duration.ofDays(7);
  private int concurrencyMax = 16;
  private int perInitiatorMax = 4;
  private int failuresMax = 8;
  private Duration recoveryTimeout = Duration.ofSeconds(5);
  private Duration backoffBase = Duration.ofMillis(500);
  private Duration backoffMax = Duration.ofSeconds(30);
  private long limitMinor = 5_000;
  private long allowanceMinor = 15_000;
  private long ownerAllowanceMinor = 30_000;
  private Duration window = Duration.ofHours(1);

  @Test
  void settingsThatFitTogetherAreTaken() {
    assertThatCode(this::properties).doesNotThrowAnyException();
    allowanceMinor = limitMinor;
    ownerAllowanceMinor = allowanceMinor;
    backoffMax = backoffBase;
    assertThatCode(this::properties).doesNotThrowAnyException();
  }

  @Test
  void aRecoveryEndsBeforeItsLease() {
    recoveryTimeout = lease;
    refused("recovery-timeout");
  }

  @Test
  void aTransferLivesLongerThanALease() {
    lifetime = lease;
    refused("transfer-lifetime");
  }

  @Test
  void theAllowanceCoversAtLeastOneTransfer() {
    allowanceMinor = limitMinor - 1;
    refused("offline-allowance-minor");
  }

  @Test
  void anOwnersAllowanceCoversAtLeastAnAccounts() {
    ownerAllowanceMinor = allowanceMinor - 1;
    refused("offline-owner-allowance-minor");
  }

  @Test
  void theOfflineLimitIsNotNegative() {
    limitMinor = -1;
    refused("offline-limit-minor");
  }

  @Test
  void aWindowHasALength() {
    window = Duration.ZERO;
    refused("offline-window");
  }

  @Test
  void fundsAreHeldForTheirCaptureForASecondAtLeast() {
    captureWithin = Duration.ofMillis(999);
    refused("capture-within");
  }

  @Test
  void recoveryTakesOneSagaOfInitiatorAtLeast() {
    perInitiatorMax = 0;
    refused("recovery-per-initiator-max");
  }

  @Test
  void oneInitiatorLeavesWorkersForOthers() {
    perInitiatorMax = concurrencyMax;
    refused("recovery-concurrency-max");
  }

  @Test
  void sagaIsParkedAfterOneFailureAtLeast() {
    failuresMax = 0;

    refused("failures-max");
  }

  @Test
  void theBackoffDoesNotShrink() {
    backoffMax = backoffBase.minusMillis(1);
    refused("backoff-max");
  }

  private void refused(String setting) {
    assertThatIllegalArgumentException()
        .isThrownBy(this::properties)
        .withMessageContaining(setting);
  }

  private SagaProperties properties() {
    return new SagaProperties(
        lease,
        lifetime,
        captureWithin,
        Duration.ofMillis(250),
        concurrencyMax,
        perInitiatorMax,
        recoveryTimeout,
        backoffBase,
        backoffMax,
        failuresMax,
        limitMinor,
        allowanceMinor,
        ownerAllowanceMinor,
        window);
  }
}
