package dev.payledger.failpoints;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The commits of an account's and a transfer's life, in their order: the services' database transactions, the
/// dealings of the relay, the feed and fraud screening with Kafka. The crash matrix has a row for each of their
/// positions; a test compares them with the commits in the services' class files.
///
/// Those of the journal are named by a command and the outcome that was written for it; an outcome
/// that writes nothing has no failpoint.
public enum Failpoint {
  KEY_CLAIMED("gateway.key-claimed", Replies.NO),
  ACCOUNT_OPENED("ledger.account-opened", "OpenAccount", "Opened", Replies.YES),
  ACCOUNT_CHANGED("ledger.account-changed", "ChangeAccount", "Changed", Replies.YES),
  ACCOUNT_CHANGE_REJECTED(
      "ledger.account-change-rejected", "ChangeAccount", "Rejected", Replies.YES),
  BATCH_OPENED("ledger.batch-opened", "OpenBatch", "Opened", Replies.YES),
  HELD("ledger.held", "HoldFunds", "Held", Replies.YES),
  REJECTED("ledger.rejected", "HoldFunds", "Rejected", Replies.YES),
  SAGA_RELEASED("ledger.saga-released", Replies.YES),
  SAGA_CLAIMED("ledger.saga-claimed", Replies.NO),
  ASSESSED("fraud.assessed", Replies.YES),
  REVIEW_DECIDED("ledger.review-decided", Replies.YES),
  POSTED("ledger.posted", "PostTransfer", "Posted", Replies.YES),
  AUTHORIZED("ledger.authorized", "PostTransfer", "Authorized", Replies.YES),
  CAPTURED("ledger.captured", "CaptureHold", "Accepted", Replies.YES),
  CAPTURE_REJECTED("ledger.capture-rejected", "CaptureHold", "Rejected", Replies.YES),
  EXPIRED("ledger.expired", "ExpireHold", "Applied", Replies.NO),
  VOIDED_BY_REQUEST("ledger.voided-by-request", "VoidTransfer", "Accepted", Replies.YES),
  VOID_REQUESTED("ledger.void-requested", "VoidTransfer", "Requested", Replies.YES),
  VOID_REJECTED("ledger.void-rejected", "VoidTransfer", "Rejected", Replies.YES),
  COMPENSATION_STARTED("ledger.compensation-started", "StartCompensation", "Applied", Replies.YES),
  RELEASED("fraud.released", Replies.YES),
  VOIDED("ledger.voided", "VoidHold", "Applied", Replies.YES),
  RELEASE_CLAIMED("ledger.release-claimed", Replies.NO),
  RELEASE_NOTED("ledger.release-noted", Replies.NO),
  KEY_RELEASED("gateway.key-released", Replies.YES),
  ANSWER_STORED("gateway.answer-stored", Replies.YES),
  PRODUCED("relay.produced", Replies.NO),
  RELAY_OFFSET_STORED("relay.offset-stored", Replies.NO),
  APPLIED("notify.applied", Replies.NO),
  NOTIFY_OFFSET_STORED("notify.offset-stored", Replies.NO),
  LEARNED("fraud.learned", Replies.NO),
  ASSESSED_AFTERWARDS("fraud.assessed-afterwards", Replies.NO),
  FRAUD_OFFSET_STORED("fraud.offset-stored", Replies.NO),
  FRAUD_REVIEW_DECIDED("fraud.review-decided", Replies.YES);

  /// Whether a request waits for the commit and carries it out of the process.
  private enum Replies {
    YES,
    NO
  }

  private final String title;
  private final Replies replies;
  private final String decision;

  Failpoint(String title, Replies replies) {
    this(title, "", "", replies);
  }

  Failpoint(String title, String command, String outcome, Replies replies) {
    this.title = title;
    this.replies = replies;
    this.decision = decision(command, outcome);
  }

  /// As in `ledger.posted`: the service's short name and what has happened after the commit.
  public String title() {
    return title;
  }

  /// The service's short name, as `./demo kill` takes it.
  public String service() {
    return title.substring(0, title.indexOf('.'));
  }

  public Set<Position> positions() {
    return replies == Replies.YES
        ? EnumSet.allOf(Position.class)
        : EnumSet.of(Position.BEFORE, Position.AFTER_COMMIT);
  }

  /// The journal's decision that is committed here.
  public static Optional<Failpoint> ofDecision(String command, String outcome) {
    String asked = decision(command, outcome);
    return Arrays.stream(values()).filter(each -> each.decision.equals(asked)).findFirst();
  }

  static Optional<Failpoint> titled(String title) {
    return Arrays.stream(values()).filter(each -> each.title.equals(title)).findFirst();
  }

  /// All of a service.
  public static List<Failpoint> of(String service) {
    return Arrays.stream(values()).filter(each -> each.service().equals(service)).toList();
  }

  private static String decision(String command, String outcome) {
    return command + "/" + outcome;
  }
}
