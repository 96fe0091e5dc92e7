package dev.payledger.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

/// What other users of the machine reach of a local stack's folder, database and broker, and what the
/// services reach of each other's.
class LocalServersIT {
  private static final StackPorts PORTS = new StackPorts(9_000);
  private static final int KAFKA = PORTS.of(Service.KAFKA);

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
  void databaseWantsEachRolesOwnPassword() throws IOException {
    try (LocalStack stack = stack(directory)) {
      stack.start(Service.POSTGRES);

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

  /// Which trusts its superuser and has demo values for all others.
  @Test
  void clusterOfAnEarlierVersionTakesPasswords() throws Exception {
    Path data = directory.resolve("postgres");
    try (PostgresServer earlier = PostgresServer.start(data, PORTS.of(Service.POSTGRES));
        Connection superuser = earlier.address().superuser("ledger");
        Statement statement = superuser.createStatement()) {
      statement.execute("CREATE TABLE kept AS SELECT 7 AS value");
    }
    Files.writeString(data.resolve("pg_hba.conf"), "host all all 127.0.0.1/32 trust\n");

    try (LocalStack stack = stack(directory)) {
      stack.start(Service.POSTGRES);

      for (String role : StackSecrets.DATABASE_ROLES) {
        assertThat(isLetIn(stack, role, role.replace('_', '-') + "-demo")).as(role).isFalse();
        assertThat(isLetIn(stack, role, stack.secrets().databasePasswords().get(role)))
            .as(role)
            .isTrue();
      }
      try (Connection superuser = stack.postgres().superuser("ledger");
          Statement statement = superuser.createStatement();
          var row = statement.executeQuery("SELECT value FROM kept")) {
        assertThat(row.next()).isTrue();
      }
    }
  }

  @Test
  void passwordsStayTheSameAndAreMissedWhenLost() throws IOException {
    try (LocalStack stack = stack(directory)) {
      stack.start(Service.POSTGRES);
    }
    Map<String, String> first = StackSecrets.of(directory).databasePasswords();
    try (LocalStack stack = stack(directory)) {
      stack.start(Service.POSTGRES);
      assertThat(stack.secrets().databasePasswords()).isEqualTo(first);
    }
    Files.delete(StackSecrets.file(directory));

    try (LocalStack stack = stack(directory)) {
      assertThatThrownBy(() -> stack.start(Service.POSTGRES))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("secrets.properties is missing")
          .hasMessageContaining("./demo up --fresh");
    }
    assertThat(StackSecrets.file(directory)).doesNotExist();
  }

  @Test
  void brokerLetsEachUserDoItsOwnTasksOnly() throws Exception {
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
      for (String user :
          List.of(KafkaUsers.RELAY, KafkaUsers.LEDGER, KafkaUsers.FRAUD, KafkaUsers.NOTIFY)) {
        for (String topic : writers.keySet()) {
          assertThat(mayWrite(client(passwords, user), topic))
              .as(user + " writes " + topic)
              .isEqualTo(writers.get(topic).contains(user));
          assertThat(mayRead(client(passwords, user), topic))
              .as(user + " reads " + topic)
              .isEqualTo(readers.get(topic).contains(user));
        }
        assertThatThrownBy(() -> delete(client(passwords, user), "ledger.transfer.v1"))
            .as(user)
            .hasCauseInstanceOf(AuthorizationException.class);
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
      Map<String, String> relayAtController =
          new HashMap<>(client(stack.secrets().kafkaPasswords(), KafkaUsers.RELAY));
      relayAtController.remove(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG);
      relayAtController.putAll(anonymousAtController);

      for (Map<String, String> client :
          List.of(client(passwords, KafkaUsers.RELAY), relayAtController)) {
        assertThatThrownBy(() -> takeRights(client))
            .hasCauseInstanceOf(SaslAuthenticationException.class);
      }
      for (Map<String, String> client : List.of(anonymous, anonymousAtController)) {
        // The broker closes the connection without a word; the client tries until its time is over.
        assertThatThrownBy(() -> takeRights(client)).isInstanceOf(ExecutionException.class);
      }
      try (Admin admin = admin(client(stack.secrets().kafkaPasswords(), KafkaUsers.ADMIN))) {
        assertThat(admin.describeAcls(AclBindingFilter.ANY).values().get())
            .containsExactlyInAnyOrderElementsOf(KafkaUsers.rights());
      }
    }
  }

  private static LocalStack stack(Path work) {
    return new LocalStack(work, Path.of("../.."), PORTS, step -> {});
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
        "PLAIN",
        "sasl.jaas.config",
        KafkaUsers.login(user, passwords.get(user)));
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
      consumer.poll(Duration.ofSeconds(2));
      return true;
    } catch (AuthorizationException e) {
      return false;
    }
  }
}
