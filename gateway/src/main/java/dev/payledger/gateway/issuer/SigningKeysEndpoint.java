package dev.payledger.gateway.issuer;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/// `/actuator/signingkeys` on the management port: GET shows the published keys, POST makes a new one
/// that signs from now on, DELETE takes one back, with all tokens that it signed. Both are 409 and change
/// nothing while a key in the database cannot be opened.
@Component
@Profile("demo")
@WebEndpoint(id = "signingkeys")
class SigningKeysEndpoint {
  private final RotationRun rotation;
  private final KeyRing ring;

  SigningKeysEndpoint(RotationRun rotation, KeyRing ring) {
    this.rotation = rotation;
    this.ring = ring;
  }

  /// @param acceptedUntil absent as long as no newer key is made
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record KeyView(
      String kid, boolean isSigning, Instant signsFrom, @Nullable Instant acceptedUntil) {}

  record KeysView(List<KeyView> keys) {}

  record RefusalView(String detail) {}

  @ReadOperation
  KeysView all() {
    SigningKey signing = ring.signing();
    return new KeysView(
        ring.published().stream()
            .map(
                key ->
                    new KeyView(
                        key.key().getKeyID(),
                        key.generation() == signing.generation(),
                        key.signsFrom(),
                        ring.acceptedUntil(key).orElse(null)))
            .toList());
  }

  @WriteOperation
  WebEndpointResponse<Object> rotate() {
    return changed(rotation::rotate);
  }

  @DeleteOperation
  WebEndpointResponse<Object> drop(@Selector String kid) {
    Optional<SigningKey> key =
        ring.published().stream().filter(each -> each.key().getKeyID().equals(kid)).findFirst();
    if (key.isEmpty()) {
      return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
    }
    return changed(() -> rotation.drop(key.get()));
  }

  private WebEndpointResponse<Object> changed(Runnable change) {
    try {
      change.run();
    } catch (SealBroken e) {
      return new WebEndpointResponse<>(new RefusalView(e.getMessage()), 409);
    }
    return new WebEndpointResponse<>(all());
  }
}
