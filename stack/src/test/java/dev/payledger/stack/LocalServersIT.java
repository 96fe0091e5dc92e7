package dev.payledger.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.payledger.stack.server.KafkaUsers;
import dev.payledger.stack.server.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What other users of the machine reach of a local stack's folder, database and broker, and what
/// the services reach of each other's.
class LocalServersIT {
  private static final StackPorts PORTS = new StackPorts(9_000);
  private static final int KAFKA = PORTS.of(Service.KAFKA);

  /// The users of the services.
  private static final List<String> SERVICES =
      List.of(KafkaUsers.RELAY, KafkaUsers.LEDGER, KafkaUsers.FRAUD, KafkaUsers.NOTIFY);

  @TempDir private Path directory;

  @Test
  void filesAreForTheirOwnerAlone() throws IOException {
    Path work = Files.createDirectory(directory.resolve("work"));
    Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (LocalStack stack = stack(work)) {
      stack.start(Service.POSTGRES);
      stack.start(Service.KAFKA);

      assertThat(permissions(work)).isEqualTo("rwx------");
      assertThat(permissions(work.resolve("secrets.properties"))).isEqualTo("rw-------");
      assertThat(permissions(work.resolve("kafka.properties"))).isEqualTo("rw-------");
      assertThat(permissions(work.resolve("postgres"))).isEqualTo("rwx------");
      assertThat(Path.of("/tmp/.s.PGSQL." + PORTS.of(Service.POSTGRES))).doesNotExist();
    }
  }

  @Test
  void databaseRequiresPasswordOfEachRole() throws Exception {
    try (LocalStack stack = stack(directory)) {
      stack.start(Service.POSTGRES);
      try (Connection superuser = stack.postgres().superuser("postgres");
          Statement statement = superuser.createStatement();
          var row =
              statement.executeQuery(
                  "SELECT array_agg(rolname::text) FROM pg_roles WHERE rolcanlogin")) {
        assertThat(row.next()).isTrue();
        assertThat((String[]) row.getArray(1).getArray())
            .containsExactlyInAnyOrderElementsOf(StackSecrets.DATABASE_ROLES);
      }

      stack
          .secrets()
          .databasePasswords()
          .forEach(
              (role, password) -> {
                String demo = role.replace('_', '-') + "-demo";
                for (String wrong : List.of("", "wrong", demo, password + "x")) {
                  assertThatThrownBy(() -> connect(stack, role, wrong))
                      .as(role + " " + wrong)
                      .isInstanceOf(SQLException.class);
                }
                assertThat(isLetIn(stack, role, password)).as(role).isTrue();
              });
    }
  }

  /// Killed when it had made some roles, and no database but the ledger's.
  @Test
  void startMendsOneThatWasKilledHalfWay() throws Exception {
    Path data = directory.resolve("postgres");
    StackSecrets secrets = StackSecrets.make(directory);
    try (PostgresServer killed =
            PostgresServer.start(
                data, PORTS.of(Service.POSTGRES), Map.of(), secrets.databasePasswords());
        Connection superuser = killed.address().superuser("postgres");
        Statement statement = superuser.createStatement()) {
      statement.execute("DROP DATABASE notify_eu");
      statement.execute("DROP DATABASE fraud");
      statement.execute("DROP ROLE fraud_app");
      statement.execute("ALTER ROLE ledger_app PASSWORD 'ledger-app-demo'");
    }

    try (LocalStack stack = stack(directory)) {
      stack.start(Service.POSTGRES);

      secrets
          .databasePasswords()
          .forEach(
              (role, password) -> assertThat(isLetIn(stack, role, password)).as(role).isTrue());
    }
  }

  @Test
  void stackKeepsItsPasswordsAndNeedsThem() throws IOException {
    try (LocalStack stack = stack(directory)) {
      stack.start(Service.POSTGRES);
    }
    Map<String, String> first = StackSecrets.of(directory).databasePasswords();
    assertThat(StackSecrets.make(directory).databasePasswords()).isEqualTo(first);
    try (LocalStack stack = stack(directory)) {
      stack.start(Service.POSTGRES);
      assertThat(stack.secrets().databasePasswords()).isEqualTo(first);
    }
    Files.delete(StackSecrets.file(directory));
    Files.createDirectory(directory.resolve("kafka"));
    Files.createFile(directory.resolve("kafka/meta.properties"));

    for (Service server : List.of(Service.POSTGRES, Service.KAFKA)) {
      try (LocalStack stack = stack(directory)) {
        assertThatThrownBy(() -> stack.start(server))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("secrets.properties is missing")
            .hasMessageContaining("./demo up --fresh");
      }
    }
    assertThat(StackSecrets.file(directory)).doesNotExist();
  }

  @Test
  void brokerLimitsEachUserToItsOwnTopics() throws Exception {
    try (LocalStack stack = stack(directory)) {
      stack.start(Service.KAFKA);
      stack.awaitReady(Service.KAFKA);
      Map<String, String> passwords = stack.secrets().kafkaPasswords();
      Map<String, String> relay = client(passwords, KafkaUsers.RELAY);
      Map<String, String> fraud = client(passwords, KafkaUsers.FRAUD);
      for (String topic : List.of("ledger.transfer.v1", "relay.offsets.v1")) {
        create(relay, topic);
      }
      create(fraud, "fraud.blocked-account.v1");

      Map<String, List<String>> writers =
          Map.of(
              "ledger.transfer.v1", List.of(KafkaUsers.RELAY),
              "relay.offsets.v1", List.of(KafkaUsers.RELAY),
              "fraud.blocked-account.v1", List.of(KafkaUsers.FRAUD));
      Map<String, List<String>> readers =
          Map.of(
              "ledger.transfer.v1", List.of(KafkaUsers.FRAUD, KafkaUsers.NOTIFY),
              "relay.offsets.v1", List.of(KafkaUsers.RELAY),
              "fraud.blocked-account.v1", List.of(KafkaUsers.LEDGER));
      for (String user : SERVICES) {
        for (String topic : writers.keySet()) {
          assertThat(mayWrite(client(passwords, user), topic))
              .as(user + " writes " + topic)
              .isEqualTo(writers.get(topic).contains(user));
        }
        assertThatThrownBy(() -> delete(client(passwords, user), "ledger.transfer.v1"))
            .as(user)
            .hasCauseInstanceOf(AuthorizationException.class);
      }
      // Something to read is there by now.
      for (String user : SERVICES) {
        for (String topic : readers.keySet()) {
          assertThat(mayRead(client(passwords, user), topic))
              .as(user + " reads " + topic)
              .isEqualTo(readers.get(topic).contains(user));
        }
      }
    }
  }

  @Test
  void brokerRefusesClientsWithoutLogin() throws Exception {
    try (LocalStack stack = stack(directory)) {
      stack.start(Service.KAFKA);
      stack.awaitReady(Service.KAFKA);
      Map<String, String> passwords = new HashMap<>(stack.secrets().kafkaPasswords());
      passwords.put(KafkaUsers.RELAY, "wrong");
      Map<String, String> anonymous =
          Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:" + KAFKA);
      Map<String, String> anonymousAtController =
          Map.of(AdminClientConfig.BOOTSTRAP_CONTROLLERS_CONFIG, "127.0.0.1:" + (KAFKA + 1));
      Map<String, String> wrongAtController = atController("wrong");

      for (Map<String, String> client :
          List.of(client(passwords, KafkaUsers.RELAY), wrongAtController)) {
        assertThatThrownBy(() -> takeRights(client))
            .hasCauseInstanceOf(SaslAuthenticationException.class);
      }
      for (Map<String, String> client : List.of(anonymous, anonymousAtController)) {
        // The broker closes the connection without a word; the client tries until its time is over.
        assertThatThrownBy(() -> takeRights(client)).isInstanceOf(ExecutionException.class);
      }
      try (Admin admin =
          admin(atController(stack.secrets().kafkaPasswords().get(KafkaUsers.CONTROLLER)))) {
        assertThat(admin.describeMetadataQuorum().quorumInfo().get().leaderId()).isOne();
      }
      try (Admin admin = admin(client(stack.secrets().kafkaPasswords(), KafkaUsers.ADMIN))) {
        assertThat(admin.describeAcls(AclBindingFilter.ANY).values().get())
            .containsExactlyInAnyOrderElementsOf(KafkaUsers.rights());
      }
    }
  }

  @Test
  void startTakesRightsAwayThatAreNotListed() throws Exception {
    try (LocalStack stack = stack(directory)) {
      stack.start(Service.KAFKA);
      stack.awaitReady(Service.KAFKA);
      Map<String, String> admin = client(stack.secrets().kafkaPasswords(), KafkaUsers.ADMIN);
      takeRights(admin);
      stack.stop(Service.KAFKA);
      stack.start(Service.KAFKA);
      stack.awaitReady(Service.KAFKA);

      try (Admin client = admin(admin)) {
        assertThat(client.describeAcls(AclBindingFilter.ANY).values().get())
            .containsExactlyInAnyOrderElementsOf(KafkaUsers.rights());
      }
    }
  }

  private static LocalStack stack(Path work) {
    return new LocalStack(work, Path.of(".."), PORTS, step -> {});
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static boolean isLetIn(LocalStack stack, String role, String password) {
    try {
      connect(stack, role, password);
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  private static void connect(LocalStack stack, String role, String password) throws SQLException {
    String database = role.equals("postgres") ? role : role.replaceAll("_[a-z]+$", "");
    DriverManager.getConnection(stack.postgres().url(database), role, password).close();
  }

  private static Map<String, String> client(Map<String, String> passwords, String user) {
    return Map.of(
        AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
        "127.0.0.1:" + KAFKA,
        AdminClientConfig.SECURITY_PROTOCOL_CONFIG,
        "SASL_PLAINTEXT",
        "sasl.mechanism",
        KafkaUsers.MECHANISM,
        "sasl.jaas.config",
        KafkaUsers.login(user, passwords.get(user)));
  }

  private static Map<String, String> atController(String password) {
    return Map.of(
        AdminClientConfig.BOOTSTRAP_CONTROLLERS_CONFIG,
        "127.0.0.1:" + (KAFKA + 1),
        AdminClientConfig.SECURITY_PROTOCOL_CONFIG,
        "SASL_PLAINTEXT",
        "sasl.mechanism",
        "PLAIN",
        "sasl.jaas.config",
        KafkaUsers.controllerLogin(password));
  }

  private static Admin admin(Map<String, String> client) {
    Map<String, Object> settings = new HashMap<>(client);
    settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 2_000);
    settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 2_000);
    return Admin.create(settings);
  }

  private static void create(Map<String, String> client, String topic)
      throws ExecutionException, InterruptedException {
    try (Admin admin = admin(client)) {
      admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
    }
  }

  private static void delete(Map<String, String> client, String topic)
      throws ExecutionException, InterruptedException {
    try (Admin admin = admin(client)) {
      admin.deleteTopics(List.of(topic)).all().get();
    }
  }

  /// That everybody may do everything.
  private static void takeRights(Map<String, String> client)
      throws ExecutionException, InterruptedException {
    try (Admin admin = admin(client)) {
      admin
          .createAcls(
              List.of(
                  new AclBinding(
                      new ResourcePattern(ResourceType.TOPIC, "*", PatternType.LITERAL),
                      new AccessControlEntry(
                          "User:*", "*", AclOperation.ALL, AclPermissionType.ALLOW))))
          .all()
          .get();
    }
  }

  private static boolean mayWrite(Map<String, String> client, String topic)
      throws InterruptedException {
    Map<String, Object> settings = new HashMap<>(client);
    settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
    settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
    try (KafkaProducer<String, String> producer = new KafkaProducer<>(settings)) {
      producer.send(new ProducerRecord<>(topic, "key", "value")).get();
      return true;
    } catch (ExecutionException e) {
      assertThat(e).hasRootCauseInstanceOf(AuthorizationException.class);
      return false;
    }
  }

  private static boolean mayRead(Map<String, String> client, String topic) {
    Map<String, Object> settings = new HashMap<>(client);
    TopicPartition partition = new TopicPartition(topic, 0);
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      return !consumer.poll(Duration.ofSeconds(10)).isEmpty();
    } catch (AuthorizationException e) {
      return false;
    }
  }
}
