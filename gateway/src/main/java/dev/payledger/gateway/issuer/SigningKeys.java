package dev.payledger.gateway.issuer;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.springframework.context.annotation.Profile;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// The keys that all gateways of the demo issuer share. Who inserts a generation first has made
/// it: the others find its row and use that key. The private keys are sealed in the rows.
@Repository
@Profile("demo")
class SigningKeys {
  private static final String ALL =
      "SELECT generation, sealed_jwk, created_at, signs_from FROM signing_key ORDER BY generation";

  private static final String OFFER =
      """
      INSERT INTO signing_key (generation, sealed_jwk, created_at, signs_from)
      VALUES (:generation, :sealedJwk, :createdAt, :signsFrom)
      ON CONFLICT (generation) DO NOTHING
      """;

  // By the rows and not by what this gateway knows: nothing is forgotten before its successor
  // signs.
  private static final String FORGET =
      """
      DELETE FROM signing_key
       WHERE generation < (SELECT max(generation)
                             FROM signing_key
                            WHERE signs_from <= :signedSince)
      """;

  private static final String DROP =
      """
      DELETE FROM signing_key WHERE generation = :generation
      """;

  private final JdbcClient jdbc;
  private final KeySeal seal;

  SigningKeys(JdbcClient jdbc, KeySeal seal) {
    this.jdbc = jdbc;
    this.seal = seal;
  }

  /// The time that the rows are compared with: the database's, which all gateways have in common.
  Instant now() {
    return jdbc.sql("SELECT now()").query(OffsetDateTime.class).single().toInstant();
  }

  /// The oldest first. One that cannot be opened is a [SealBroken] for all of them: what to do next
  /// must not be decided without knowing each.
  List<SigningKey> all() {
    return jdbc.sql(ALL).query((row, number) -> read(row)).list();
  }

  /// Does nothing when the generation is there.
  void offer(SigningKey key) {
    jdbc.sql(OFFER)
        .param("generation", key.generation())
        .param("sealedJwk", seal.seal(key.generation(), key.key()))
        .param("createdAt", utc(key.createdAt()))
        .param("signsFrom", utc(key.signsFrom()))
        .update();
  }

  /// Deletes what is older than the newest key that has signed since then or longer.
  int forget(Instant signedSince) {
    return jdbc.sql(FORGET).param("signedSince", utc(signedSince)).update();
  }

  void drop(int generation) {
    jdbc.sql(DROP).param("generation", generation).update();
  }

  private SigningKey read(ResultSet row) throws SQLException {
    int generation = row.getInt("generation");
    return new SigningKey(
        generation,
        seal.open(generation, row.getBytes("sealed_jwk")),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        row.getObject("signs_from", OffsetDateTime.class).toInstant());
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
