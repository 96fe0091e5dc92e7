package dev.payledger.failpoints;

import dev.payledger.failpoints.Probe.Hook;
import java.util.List;

/// All of the probes. A method that has been renamed makes arming fail, and a test before that.
public final class Probes {
  private static final String LEDGER = "dev/payledger/ledger/";
  private static final String GATEWAY_KEYS = "dev/payledger/gateway/idempotency/IdempotencyKeys";
  private static final String FRAUD_SCREENING = "dev/payledger/fraud/assessment/Screening";
  private static final String SPRING_TRANSACTIONS =
      "org/springframework/transaction/support/AbstractPlatformTransactionManager";

  /// In the services' own classes.
  public static final List<Probe> OURS =
      List.of(
          at(LEDGER + "journal/JournalBatch", "attempt", Hook.BATCH),
          at(LEDGER + "plan/BatchPlan", "decisions", Hook.DECISIONS),
          new Probe(
              LEDGER + "journal/JournalConnections",
              "attempt",
              "java/sql/Connection.commit",
              Hook.JOURNAL_COMMIT),
          at(LEDGER + "journal/Journal", "submit", Hook.SUBMIT),
          at(LEDGER + "saga/SagaState", "claim", Hook.SAGA_CLAIM),
          at(LEDGER + "saga/SagaState", "release", Hook.SAGA_RELEASE),
          at(LEDGER + "saga/ScreeningRelease", "attemptedUntil", Hook.RELEASE_CLAIM),
          at(LEDGER + "saga/ScreeningRelease", "releasedAt", Hook.RELEASE_NOTE),
          at(LEDGER + "saga/Review", "writeDown", Hook.REVIEW_DECISION),
          at(FRAUD_SCREENING, "assess", Hook.ASSESS),
          at(FRAUD_SCREENING, "assessUnscreened", Hook.ASSESS_AFTERWARDS),
          at(FRAUD_SCREENING, "release", Hook.RELEASE),
          at("dev/payledger/fraud/intake/TransferListener", "learn", Hook.LEARN),
          at("dev/payledger/fraud/alert/Alerts", "decide", Hook.FRAUD_REVIEW_DECISION),
          at("dev/payledger/notify/intake/Inbox", "isFirst", Hook.APPLY),
          at(GATEWAY_KEYS, "claim", Hook.KEY_CLAIM),
          at(GATEWAY_KEYS, "answer", Hook.KEY_ANSWER),
          at(GATEWAY_KEYS, "release", Hook.KEY_RELEASE),
          at(GATEWAY_KEYS, "accept", Hook.KEY_RELEASE),
          at("dev/payledger/relay/outbox/EventPublisher", "publish", Hook.PUBLISH));

  /// In the libraries: the end of a transaction that Spring manages, of the consumer's batch, and of
  /// an HTTP request, when Tomcat has given the answer's last byte to the system.
  public static final List<Probe> LIBRARIES =
      List.of(
          at(SPRING_TRANSACTIONS, "processCommit", Hook.TRANSACTION_COMMIT),
          at(SPRING_TRANSACTIONS, "processRollback", Hook.TRANSACTION_ROLLBACK),
          at("org/apache/kafka/clients/consumer/KafkaConsumer", "commitSync", Hook.OFFSET),
          at("org/apache/catalina/connector/CoyoteAdapter", "service", Hook.REQUEST));

  private Probes() {}

  private static Probe at(String type, String method, Hook hook) {
    return new Probe(type, method, "", hook);
  }
}
