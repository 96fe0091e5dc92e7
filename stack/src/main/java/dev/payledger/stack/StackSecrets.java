package dev.payledger.stack;

import dev.payledger.stack.server.KafkaUsers;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.security.crypto.bcrypt.BCrypt;

/// Passwords and keys of one local stack: random, made at its first start, and kept in the work
/// folder in a file that its owner alone reads. Named like the variables in which the services read
/// them.
public final class StackSecrets {
  /// The roles of `databases.sql`, and the superuser.
  static final List<String> DATABASE_ROLES =
      List.of(
          "postgres",
          "gateway_owner",
          "gateway_app",
          "ledger_owner",
          "ledger_journal",
          "ledger_app",
          "ledger_relay",
          "fraud_owner",
          "fraud_app",
          "notify_eu_owner",
          "notify_eu_app");

  private static final String PASSWORD = "_PASSWORD";
  private static final String KAFKA = "KAFKA_";
  private static final List<String> CREDENTIALS =
      List.of(
          "FRAUD_CREDENTIAL",
          "LEDGER_CURSOR_KEY",
          "FEED_CURSOR_KEY",
          "MANAGEMENT_CREDENTIAL",
          "SIGNING_KEYS_SECRET",
          "OPERATOR_SECRET");

  private static final int RANDOM_BYTES = 32;

  /// As the other clients' secrets have it, so that the time of a check does not tell which clients
  /// there are.
  private static final int BCRYPT_COST = 10;

  private final Map<String, String> values;

  /// Made when it is first asked for, since that takes a while.
  private @Nullable String operatorSecretHash;

  private StackSecrets(Map<String, String> values) {
    this.values = Map.copyOf(values);
  }

  static Path file(Path work) {
    return work.resolve("secrets.properties");
  }

  /// Those of the stack in the folder, which are made if there is no stack yet. One that a newer
  /// version needs is added; what is there stays.
  static StackSecrets make(Path work) throws IOException {
    Path file = file(work);
    // Two launchers draw one set.
    try (FileChannel lock =
            FileChannel.open(
                work.resolve("secrets.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock _ = lock.lock()) {
      if (!Files.exists(file) && hasData(work)) {
        throw new IOException(
            file
                + " is missing, and the data beside it opens with nothing else, or is of a version that"
                + " asked for no password: put the file back, or begin with empty books: ./demo up --fresh");
      }
      Map<String, String> values = Files.exists(file) ? read(file) : new TreeMap<>();
      SecureRandom random = new SecureRandom();
      boolean isComplete = true;
      for (String name : names()) {
        isComplete &= values.putIfAbsent(name, random(random)) != null;
      }
      if (!isComplete) {
        write(file, values);
      }
      return new StackSecrets(values);
    }
  }

  private static boolean hasData(Path work) {
    return Stream.of("postgres/PG_VERSION", "kafka/meta.properties")
        .anyMatch(file -> Files.exists(work.resolve(file)));
  }

  /// Those that a launcher has made.
  public static StackSecrets of(Path work) throws IOException {
    Path file = file(work);
    if (!Files.exists(file)) {
      throw new IOException(file + " is missing: ./demo up makes it");
    }
    return new StackSecrets(read(file));
  }

  /// By its name.
  public String value(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("there is no secret " + name);
    }
    return value;
  }

  /// Passwords of the database's roles, by role.
  Map<String, String> databasePasswords() {
    return DATABASE_ROLES.stream()
        .collect(Collectors.toMap(role -> role, role -> value(variable(role) + PASSWORD)));
  }

  /// Passwords of the broker's users, by user.
  Map<String, String> kafkaPasswords() {
    return KafkaUsers.ALL.stream()
        .collect(Collectors.toMap(user -> user, user -> value(KAFKA + variable(user) + PASSWORD)));
  }

  /// What a service is given, by variable: its own secrets, and none of another service.
  public Map<String, String> of(Service service) {
    Map<String, String> given = new TreeMap<>();
    switch (service) {
      // Not in its environment: the superuser's, for `./demo secrets`.
      case POSTGRES -> give(given, "POSTGRES_PASSWORD");
      case KAFKA -> given.putAll(kafkaLogin(KafkaUsers.ADMIN));
      case LEDGER -> {
        give(given, "LEDGER_OWNER_PASSWORD", "LEDGER_JOURNAL_PASSWORD", "LEDGER_APP_PASSWORD");
        give(given, "LEDGER_CURSOR_KEY", "FRAUD_CREDENTIAL");
        given.putAll(kafkaLogin(KafkaUsers.LEDGER));
      }
      case FRAUD -> {
        give(given, "FRAUD_OWNER_PASSWORD", "FRAUD_APP_PASSWORD", "FRAUD_CREDENTIAL");
        given.putAll(kafkaLogin(KafkaUsers.FRAUD));
      }
      case RELAY -> {
        give(given, "LEDGER_RELAY_PASSWORD");
        given.putAll(kafkaLogin(KafkaUsers.RELAY));
      }
      case NOTIFY_EU -> {
        given.put("NOTIFY_OWNER_PASSWORD", value("NOTIFY_EU_OWNER_PASSWORD"));
        given.put("NOTIFY_APP_PASSWORD", value("NOTIFY_EU_APP_PASSWORD"));
        give(given, "FEED_CURSOR_KEY");
        given.putAll(kafkaLogin(KafkaUsers.NOTIFY));
      }
      case GATEWAY -> {
        give(given, "GATEWAY_OWNER_PASSWORD", "GATEWAY_APP_PASSWORD", "SIGNING_KEYS_SECRET");
        given.put("OPERATOR_SECRET_HASH", operatorSecretHash());
      }
    }
    if (service.isOurs()) {
      give(given, "MANAGEMENT_CREDENTIAL");
    }
    return given;
  }

  private synchronized String operatorSecretHash() {
    String known = operatorSecretHash;
    if (known == null) {
      known = "{bcrypt}" + BCrypt.hashpw(value("OPERATOR_SECRET"), BCrypt.gensalt(BCRYPT_COST));
      operatorSecretHash = known;
    }
    return known;
  }

  private Map<String, String> kafkaLogin(String user) {
    return Map.of(
        "KAFKA_SECURITY_PROTOCOL",
        "SASL_PLAINTEXT",
        "KAFKA_SASL_MECHANISM",
        KafkaUsers.MECHANISM,
        "KAFKA_SASL_JAAS_CONFIG",
        KafkaUsers.login(user, value(KAFKA + variable(user) + PASSWORD)));
  }

  private void give(Map<String, String> given, String... names) {
    for (String name : names) {
      given.put(name, value(name));
    }
  }

  /// All variables in which a service may find a secret.
  Set<String> variables() {
    return Arrays.stream(Service.values())
        .flatMap(service -> of(service).keySet().stream())
        .collect(Collectors.toSet());
  }

  private static Set<String> names() {
    return Stream.of(
            DATABASE_ROLES.stream().map(role -> variable(role) + PASSWORD),
            KafkaUsers.ALL.stream().map(user -> KAFKA + variable(user) + PASSWORD),
            CREDENTIALS.stream())
        .flatMap(names -> names)
        .collect(Collectors.toSet());
  }

  private static String variable(String name) {
    return name.toUpperCase(Locale.ROOT);
  }

  /// Letters, digits, `-` and `_` only: it stands in SQL, in a JAAS line and in a header.
  private static String random(SecureRandom random) {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static Map<String, String> read(Path file) throws IOException {
    Properties properties = new Properties();
    try (var in = Files.newBufferedReader(file)) {
      properties.load(in);
    }
    Map<String, String> values = new TreeMap<>();
    properties.forEach((name, value) -> values.put((String) name, (String) value));
    return values;
  }

  /// Whole or not at all: a stack that is killed while it writes has its old secrets, or none and
  /// no data.
  private static void write(Path file, Map<String, String> values) throws IOException {
    Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
    Files.deleteIfExists(unfinished);
    Files.createFile(
        unfinished,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    String lines =
        values.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue())
            .collect(
                Collectors.joining(
                    "\n", "# Of this stack alone; keep it beside its data.\n", "\n"));
    Files.write(
        unfinished, lines.getBytes(StandardCharsets.UTF_8), StandardOpenOption.TRUNCATE_EXISTING);
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
