package dev.payledger.gateway.issuer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import dev.payledger.gateway.GatewayApplication;
import dev.payledger.testkit.Postgres;
import dev.payledger.testkit.SettableClock;
import dev.payledger.testkit.TestIssuer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/// What the database has of the signing keys, and what a gateway does with a row that it cannot open. Each
/// test has a database of its own.
@ExtendWith(OutputCaptureExtension.class)
class SealedKeysIT {
  private static final String DATABASE = "gateway_sealed";
  private static final String SECRET = "a-secret-of-this-test-0123456789";
  private static final String OTHER_SECRET = "another-secret-of-this-test-0123";
  private static final Duration DAY = Duration.ofHours(24);

  private final SettableClock clock = new SettableClock(Clock.systemUTC().instant());
  private final JdbcClient superuser = client("postgres", "postgres-demo");
  private final JdbcClient app = client("gateway_app", "gateway-app-demo");

  /// One process, as far as keys go.
  private final class Gateway {
    private final SigningKeys keys;
    private final KeyRing ring;
    private final RotationRun rotation;
    private final SigningKeysEndpoint endpoint;

    private Gateway(String secret) {
      keys = new SigningKeys(app, new KeySeal(secret));
      ring = new KeyRing(keys, properties(secret), clock);
      rotation = new RotationRun(keys, ring, properties(secret));
      endpoint = new SigningKeysEndpoint(rotation, ring);
    }

    private String signingKid() {
      return ring.signing().key().getKeyID();
    }

    private boolean isKnown(String kid) {
      return !ring.get(new JWKSelector(new JWKMatcher.Builder().keyID(kid).build()), null)
          .isEmpty();
    }
  }

  private static DemoIssuerProperties properties(String secret) {
    return new DemoIssuerProperties(
        Duration.ofHours(1),
        List.of("payledger"),
        new DemoIssuerProperties.Keys(secret, DAY, Duration.ofMinutes(10), Duration.ofSeconds(5)),
        new DemoIssuerProperties.SecretChecks(1, 3, Duration.ofSeconds(2)),
        List.of(
            new DemoIssuerProperties.Client(
                "alice", "{bcrypt}$2a$10$" + "x".repeat(53), List.of("accounts:read"))));
  }

  @BeforeEach
  void emptyDatabase() throws SQLException {
    asSuperuser("CREATE DATABASE " + DATABASE + " OWNER gateway_owner");
    flyway().load().migrate();
  }

  @AfterEach
  void noDatabase() throws SQLException {
    asSuperuser("DROP DATABASE " + DATABASE + " WITH (FORCE)");
  }

  @Test
  void noColumnHasAPrivatePart() throws Exception {
    try (ConfigurableApplicationContext gateway = started(SECRET)) {
      SigningKeys keys = gateway.getBean(SigningKeys.class);
      assertThat(keys.all()).hasSize(1);
      assertNoPrivatePart(keys);
      gateway.getBean(RotationRun.class).rotate();
      assertThat(keys.all()).hasSize(2);
      assertNoPrivatePart(keys);

      // Each spelling that is looked for is found where it is.
      RSAKey clear = TestIssuer.key();
      superuser.sql("CREATE TABLE clear (jwk text, sealed bytea, raw bytea)").update();
      superuser
          .sql("INSERT INTO clear VALUES (:jwk, :sealed, :raw)")
          .param("jwk", clear.toJSONString())
          .param("sealed", clear.toJSONString().getBytes(StandardCharsets.UTF_8))
          .param("raw", clear.getPrivateExponent().decode())
          .update();
      assertThat(spellingsFound(clear)).hasSizeGreaterThanOrEqualTo(6 + 6 + 1);
    }
  }

  private void assertNoPrivatePart(SigningKeys keys) {
    for (SigningKey key : keys.all()) {
      assertThat(privateParts(key.key())).containsKeys("d", "p", "q");
      assertThat(spellingsFound(key.key())).as("generation %d", key.generation()).isEmpty();
    }
    assertThat(everyRow())
        .anyMatch(row -> row.contains("\\x01"))
        .noneMatch(row -> row.contains("\"d\"") || row.contains(hex("\"d\"")));
  }

  private static Map<String, Object> privateParts(RSAKey key) {
    Map<String, Object> parts = key.toJSONObject();
    parts.keySet().removeAll(key.toPublicJWK().toJSONObject().keySet());
    return parts;
  }

  /// In JSON, as JSON in a bytea, as a number in a bytea, and in the other base64.
  private List<String> spellingsFound(RSAKey key) {
    List<String> rows = everyRow();
    return privateParts(key).values().stream()
        .map(Object::toString)
        .flatMap(
            part -> {
              byte[] number = new Base64URL(part).decode();
              return Stream.of(
                  part,
                  hex(part),
                  HexFormat.of().formatHex(number),
                  Base64.getEncoder().withoutPadding().encodeToString(number));
            })
        .distinct()
        .filter(spelling -> rows.stream().anyMatch(row -> row.contains(spelling)))
        .toList();
  }

  /// Of every table, with all columns.
  private List<String> everyRow() {
    return superuser
        .sql(
            """
            SELECT format('SELECT t::text FROM %I.%I t', schemaname, tablename)
              FROM pg_tables
             WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
            """)
        .query(String.class)
        .list()
        .stream()
        .flatMap(table -> superuser.sql(table).query(String.class).list().stream())
        .toList();
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void clearKeyCannotBeStored() throws Exception {
    String jwk = TestIssuer.key().toJSONString();
    byte[] sealOfNothing = new byte[1 + KeySeal.NONCE_BYTES + KeySeal.TAG_BYTES];
    sealOfNothing[0] = KeySeal.VERSION;
    for (byte[] row :
        List.of(jwk.getBytes(StandardCharsets.UTF_8), sealOfNothing, new byte[200], new byte[0])) {
      assertThatThrownBy(
              () ->
                  app.sql("INSERT INTO signing_key VALUES (now(), 1, now(), :row)")
                      .param("row", row)
                      .update())
          .isInstanceOf(DataIntegrityViolationException.class)
          .hasMessageContaining("jwk_is_sealed");
    }
  }

  @Test
  void migrationDeletesKeysThatLayInTheClear() throws Exception {
    asSuperuser("DROP DATABASE " + DATABASE);
    asSuperuser("CREATE DATABASE " + DATABASE + " OWNER gateway_owner");
    flyway().target("3").load().migrate();
    RSAKey clear = TestIssuer.key();
    superuser
        .sql("INSERT INTO signing_key VALUES (:jwk, now(), 5, now())")
        .param("jwk", clear.toJSONString())
        .update();
    assertThat(spellingsFound(clear)).isNotEmpty();

    flyway().load().migrate();
    assertThat(spellingsFound(clear)).isEmpty();
    Gateway gateway = new Gateway(SECRET);
    assertThat(gateway.isKnown(clear.getKeyID())).isFalse();
    assertThat(generations()).containsExactly(1);
    assertThat(gateway.isKnown(gateway.signingKid())).isTrue();
  }

  @Test
  void rowOfAnotherGenerationDoesNotOpen() {
    Gateway gateway = new Gateway(SECRET);
    gateway.rotation.rotate();
    // The older key in the place of the one that signs.
    superuser.sql("DELETE FROM signing_key WHERE generation = 2").update();
    superuser.sql("UPDATE signing_key SET generation = 2").update();
    assertThatThrownBy(gateway.keys::all)
        .isInstanceOf(SealBroken.class)
        .hasMessageContaining("generation 2");
    assertThatThrownBy(() -> new Gateway(SECRET)).isInstanceOf(SealBroken.class);
    superuser.sql("UPDATE signing_key SET generation = 1").update();
    assertThat(new Gateway(SECRET).isKnown(gateway.signingKid())).isFalse();
  }

  @Test
  void gatewayWithAnotherSecretDoesNotStart(CapturedOutput log) {
    String kid = new Gateway(SECRET).signingKid();
    assertThatThrownBy(() -> started(OTHER_SECRET).close())
        .rootCause()
        .isInstanceOf(SealBroken.class)
        .hasMessageContaining("SIGNING_KEYS_SECRET")
        .hasMessageContaining("DELETE FROM signing_key WHERE generation = 1");
    assertThat(log.getAll()).doesNotContain(OTHER_SECRET);
    assertThat(generations()).containsExactly(1);
    assertThat(new Gateway(SECRET).signingKid()).isEqualTo(kid);

    // What the message says to do, when the secret is lost.
    app.sql("DELETE FROM signing_key WHERE generation = 1").update();
    try (ConfigurableApplicationContext gateway = started(OTHER_SECRET)) {
      assertThat(gateway.getBean(KeyRing.class).published()).hasSize(1);
    }
  }

  @Test
  void gatewayWithAShortSecretDoesNotStart(CapturedOutput log) {
    String tooShort = SECRET.substring(1);
    assertThatThrownBy(() -> started(tooShort).close())
        .rootCause()
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("SIGNING_KEYS_SECRET")
        .hasMessageContaining("32 characters or more");
    assertThat(log.getAll()).contains("32 characters or more").doesNotContain(tooShort);
    assertThat(generations()).isEmpty();
  }

  @Test
  void gatewaysWithTwoSecretsLeaveEachOthersKeys(CapturedOutput log) {
    Gateway first = new Gateway(SECRET);
    String kid = first.signingKid();
    assertThatThrownBy(() -> new Gateway(OTHER_SECRET)).isInstanceOf(SealBroken.class);
    pass(DAY);
    assertThatThrownBy(() -> new Gateway(OTHER_SECRET)).isInstanceOf(SealBroken.class);
    assertThat(generations()).containsExactly(1);

    // The rows of the first are lost while it runs, and the second one makes its own.
    superuser.sql("DELETE FROM signing_key").update();
    Gateway second = new Gateway(OTHER_SECRET);
    for (int pass = 0; pass < 3; pass++) {
      pass(DAY);
      first.rotation.run();
      assertThat(generations()).containsExactly(1);
      assertThat(first.signingKid()).isEqualTo(kid);
    }
    assertThat(log.getAll()).contains("cannot be opened");
    second.rotation.run();
    assertThat(generations()).containsExactly(1, 2);
    first.rotation.run();
    second.rotation.run();
    assertThat(generations()).containsExactly(1, 2);
  }

  @Test
  void runningGatewayKeepsItsKeysBesideABrokenRow(CapturedOutput log) {
    Gateway gateway = new Gateway(SECRET);
    gateway.rotation.rotate();
    String kid = gateway.signingKid();
    String older = gateway.ring.published().getFirst().key().getKeyID();
    flipABitOf(1);
    pass(DAY);
    clock.advance(Duration.ofSeconds(1));

    for (int pass = 0; pass < 3; pass++) {
      gateway.rotation.run();
    }
    assertThat(log.getAll()).contains("ERROR", "generation 1 cannot be opened");
    assertThat(gateway.isKnown("forged")).isFalse();
    assertThat(gateway.isKnown(kid)).isTrue();
    assertThat(gateway.isKnown(older)).isTrue();
    assertThat(gateway.signingKid()).isEqualTo(kid);
    for (var refused : List.of(gateway.endpoint.rotate(), gateway.endpoint.drop(older))) {
      assertThat(refused.getStatus()).isEqualTo(409);
      assertThat(refused.getBody()).asString().contains("SIGNING_KEYS_SECRET", "generation = 1");
    }
    assertThat(generations()).containsExactly(1, 2);

    flipABitOf(1);
    gateway.rotation.run();
    assertThat(generations()).contains(3);
  }

  private void flipABitOf(int generation) {
    superuser
        .sql(
            """
            UPDATE signing_key
               SET sealed_jwk = set_byte(sealed_jwk, 100, get_byte(sealed_jwk, 100) # 1)
             WHERE generation = :generation
            """)
        .param("generation", generation)
        .update();
  }

  /// So much time passes for all keys, by the database's clock.
  private void pass(Duration time) {
    superuser
        .sql(
            """
            UPDATE signing_key
               SET created_at = created_at - make_interval(secs => :seconds),
                   signs_from = signs_from - make_interval(secs => :seconds)
            """)
        .param("seconds", time.toSeconds())
        .update();
  }

  private List<Integer> generations() {
    return superuser
        .sql("SELECT generation FROM signing_key ORDER BY generation")
        .query(Integer.class)
        .list();
  }

  /// The whole process, with the demo issuer.
  private static ConfigurableApplicationContext started(String secret) {
    return new SpringApplicationBuilder(GatewayApplication.class)
        .profiles("demo")
        .properties("SIGNING_KEYS_SECRET=" + secret)
        .run(
            "--server.port=0",
            "--management.server.port=0",
            "--spring.datasource.url=" + Postgres.address().url(DATABASE));
  }

  private static FluentConfiguration flyway() {
    return Flyway.configure()
        .dataSource(Postgres.address().url(DATABASE), "gateway_owner", "gateway-owner-demo");
  }

  private static JdbcClient client(String user, String password) {
    return JdbcClient.create(
        new DriverManagerDataSource(Postgres.address().url(DATABASE), user, password));
  }

  private static void asSuperuser(String statement) throws SQLException {
    try (Connection connection = Postgres.superuser("postgres");
        Statement sql = connection.createStatement()) {
      sql.execute(statement);
    }
  }
}
