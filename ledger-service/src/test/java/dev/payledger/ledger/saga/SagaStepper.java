package dev.payledger.ledger.saga;

import org.springframework.boot.test.context.TestComponent;

/// Steps the recovery, for tests of other packages.
@TestComponent
public class SagaStepper {
  private final RecoveryRun recovery;

  SagaStepper(RecoveryRun recovery) {
    this.recovery = recovery;
  }

  public int recover() {
    return recovery.runOnce();
  }
}
