package dev.payledger.gateway.issuer;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Profile;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.server.authorization.client.InMemoryRegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.settings.TokenSettings;
import org.springframework.stereotype.Component;

/// The clients of the demo issuer. An id that nobody has is answered with a client whose secret nobody
/// knows, so that refusing it takes as long, by the same code, as refusing a wrong secret.
@Component
@Profile("demo")
class Clients implements RegisteredClientRepository {
  private static final int SECRET_BYTES = 32;

  private final RegisteredClientRepository registered;
  private final RegisteredClient decoy;

  Clients(DemoIssuerProperties properties) {
    this.registered =
        new InMemoryRegisteredClientRepository(
            properties.clients().stream()
                .map(client -> client(client.id(), client.secret(), client.scopes(), properties))
                .toList());
    byte[] secret = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(secret);
    this.decoy =
        client(
            "decoy",
            "{bcrypt}"
                + new BCryptPasswordEncoder(properties.clients().getFirst().cost())
                    .encode(HexFormat.of().formatHex(secret)),
            List.of(),
            properties);
  }

  boolean has(String clientId) {
    return registered.findByClientId(clientId) != null;
  }

  @Override
  public void save(RegisteredClient client) {
    throw new UnsupportedOperationException("clients are configured");
  }

  @Override
  public @Nullable RegisteredClient findById(String id) {
    return registered.findById(id);
  }

  @Override
  public RegisteredClient findByClientId(String clientId) {
    RegisteredClient found = registered.findByClientId(clientId);
    return found == null ? decoy : found;
  }

  private static RegisteredClient client(
      String id, String secret, List<String> allowed, DemoIssuerProperties properties) {
    return RegisteredClient.withId(id)
        .clientId(id)
        .clientSecret(secret)
        .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
        .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
        .scopes(scopes -> scopes.addAll(allowed))
        .tokenSettings(
            TokenSettings.builder().accessTokenTimeToLive(properties.tokenLifetime()).build())
        .build();
  }
}
