package dev.payledger.gateway.issuer;

import java.time.Instant;
import java.util.Optional;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;
import org.springframework.transaction.annotation.Transactional;

/// The signing keys, one per purpose for all gateways.
interface SigningKeys extends Repository<SigningKey, String> {
  Optional<SigningKey> findById(String purpose);

  /// Offers a key; the first one offered stays, whoever else starts at the same moment.
  @Transactional
  @Modifying
  @Query(
      value =
          """
          INSERT INTO signing_key (purpose, jwk, created_at)
          VALUES (:purpose, :jwk, :now)
          ON CONFLICT (purpose) DO NOTHING
          """,
      nativeQuery = true)
  void offer(String purpose, String jwk, Instant now);
}
