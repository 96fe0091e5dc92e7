package dev.payledger.gateway.idempotency;

import dev.payledger.gateway.forward.UpstreamResponse;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.hibernate.annotations.Formula;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/// One idempotency key as stored. Read only: rows are written by the statements of
/// `IdempotencyKeys`, each of which arbitrates between all gateways.
@Entity
@Immutable
@Table(name = "idempotency_key")
class KeyRow {
  @Id private UUID commandId;

  private String fingerprint;

  @Enumerated(EnumType.STRING)
  private KeyState state;

  // By the database's clock, which every gateway has in common.
  @Formula("coalesce(lease_ends_at <= now(), true)")
  private boolean isLeaseOver;

  @Column(name = "answer_status")
  private @Nullable Integer status;

  private @Nullable Instant acceptedAt;

  @Column(name = "answer_content_type")
  private @Nullable String contentType;

  @Column(name = "answer_location")
  private @Nullable String location;

  @Column(name = "answer_body")
  private byte @Nullable [] body;

  protected KeyRow() {}

  ClaimResult claimOf(Fingerprint asked) {
    if (!fingerprint.equals(asked.hex())) {
      return new ClaimResult.KeyReused();
    }
    return switch (state) {
      case ANSWERED -> new ClaimResult.Completed(answer());
      case RELEASED -> new ClaimResult.Available();
      case CLAIMED -> isLeaseOver ? new ClaimResult.Available() : new ClaimResult.InProgress();
    };
  }

  KeyState state() {
    return state;
  }

  /// Whether the command was answered 202, whatever became of it since.
  boolean isAccepted() {
    return acceptedAt != null;
  }

  @Nullable String location() {
    return location;
  }

  UpstreamResponse answer() {
    // The table's CHECK answered_has_an_answer promises both.
    return new UpstreamResponse(
        Objects.requireNonNull(status),
        contentType,
        location,
        null,
        null,
        null,
        Objects.requireNonNull(body));
  }
}
