package dev.payledger.stack.server;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/// The users of a broker with logins, and what each may do. The relay alone writes the ledger's
/// topics, fraud-service alone its own.
public final class KafkaUsers {
  /// The administrator: gives the others their rights.
  public static final String ADMIN = "admin";

  /// The broker itself, at its controller.
  public static final String CONTROLLER = "controller";

  public static final String RELAY = "relay";
  public static final String LEDGER = "ledger";
  public static final String FRAUD = "fraud";
  public static final String NOTIFY = "notify";

  /// A login does not reveal the password to a program that has taken the port.
  public static final String MECHANISM = "SCRAM-SHA-512";

  public static final List<String> ALL = List.of(ADMIN, CONTROLLER, RELAY, LEDGER, FRAUD, NOTIFY);

  private static final String LEDGER_TOPICS = "ledger.";
  private static final String FRAUD_TOPICS = "fraud.";

  private KafkaUsers() {}

  public static List<AclBinding> rights() {
    List<AclBinding> rights = new ArrayList<>();
    may(rights, RELAY, ResourceType.TOPIC, LEDGER_TOPICS, AclOperation.CREATE, AclOperation.WRITE);
    may(
        rights,
        RELAY,
        ResourceType.TOPIC,
        "relay.",
        AclOperation.CREATE,
        AclOperation.WRITE,
        AclOperation.READ);

    // Replicas of the feed create the topics that they wait for, as the relay does.
    may(rights, NOTIFY, ResourceType.TOPIC, LEDGER_TOPICS, AclOperation.CREATE, AclOperation.READ);
    may(rights, NOTIFY, ResourceType.GROUP, "notify-", AclOperation.READ);

    may(rights, FRAUD, ResourceType.TOPIC, LEDGER_TOPICS, AclOperation.READ);
    may(rights, FRAUD, ResourceType.GROUP, "fraud", AclOperation.READ);
    may(rights, FRAUD, ResourceType.TOPIC, FRAUD_TOPICS, AclOperation.CREATE, AclOperation.WRITE);
    may(rights, FRAUD, ResourceType.TRANSACTIONAL_ID, "fraud-", AclOperation.WRITE);

    may(rights, LEDGER, ResourceType.TOPIC, FRAUD_TOPICS, AclOperation.READ);
    may(rights, LEDGER, ResourceType.GROUP, "ledger", AclOperation.READ);
    return rights;
  }

  /// How a client logs in.
  public static String login(String user, String password) {
    return "org.apache.kafka.common.security.scram.ScramLoginModule required"
        + " username=\"%s\" password=\"%s\";".formatted(user, password);
  }

  /// The user that the controller accepts, and how the broker logs in there. It stores no users, so
  /// SCRAM is not to be had; its clients and it are one process.
  public static String controllerLogin(String password) {
    return "org.apache.kafka.common.security.plain.PlainLoginModule required"
        + " username=\"%1$s\" password=\"%2$s\" user_%1$s=\"%2$s\";"
            .formatted(CONTROLLER, password);
  }

  /// What it may do with everything whose name begins so. To describe is part of each.
  private static void may(
      List<AclBinding> rights,
      String user,
      ResourceType type,
      String prefix,
      AclOperation... operations) {
    for (AclOperation operation : operations) {
      rights.add(
          new AclBinding(
              new ResourcePattern(type, prefix, PatternType.PREFIXED),
              new AccessControlEntry("User:" + user, "*", operation, AclPermissionType.ALLOW)));
    }
  }
}
