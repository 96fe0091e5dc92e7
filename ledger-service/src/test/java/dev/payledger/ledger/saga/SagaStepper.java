package dev.payledger.ledger.saga;

import org.springframework.boot.test.context.TestComponent;

/// Steps the recovery, for tests of other packages.
@TestComponent
public class SagaStepper {
  private final RecoveryRun recovery;
  private final ReleaseRun releases;

  SagaStepper(RecoveryRun recovery, ReleaseRun releases) {
    this.recovery = recovery;
    this.releases = releases;
  }

  /// Until nothing is due.
  ///
  /// @return how many sagas were taken up
  public int recover() {
    int all = 0;
    for (int some = recovery.runOnce(); some > 0; some = recovery.runOnce()) {
      all += some;
    }
    return all;
  }

  public int release() {
    return releases.runOnce();
  }
}
