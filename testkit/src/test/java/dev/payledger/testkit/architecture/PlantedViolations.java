package dev.payledger.testkit.architecture;

import java.math.BigDecimal;
import java.net.http.HttpClient;
import java.time.Instant;

/// One class per rule of `ArchitectureRules`, each breaking just that rule, so that no rule goes
/// blind.
final class PlantedViolations {
  private PlantedViolations() {}

  static final class ReadsTheWallClock {
    Instant when() {
      return Instant.now();
    }
  }

  static final class KeepsMoneyInDouble {
    double amountMinor;
  }

  static final class KeepsMoneyInBigDecimal {
    BigDecimal balance = BigDecimal.ZERO;
  }

  static final class TransferManager {}

  static final class Sleeps {
    void pause() throws InterruptedException {
      Thread.sleep(1);
    }
  }

  public static final class OpenController {}

  @org.springframework.transaction.annotation.Transactional
  static class CallsWhileTheTransactionIsOpen {
    HttpClient call() {
      return HttpClient.newHttpClient();
    }
  }
}
