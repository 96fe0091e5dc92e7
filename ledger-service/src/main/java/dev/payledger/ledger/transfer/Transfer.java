package dev.payledger.ledger.transfer;

import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.hibernate.annotations.Immutable;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/// A transfer's row, for reading. Only the journal writes it.
@Entity
@Immutable
@Table(name = "transfer")
public class Transfer {
  @Id private UUID id;

  @Enumerated(EnumType.STRING)
  private Status status;

  private @Nullable String rejection;

  private String screening;

  private UUID debitAccountId;

  private UUID creditAccountId;

  private long amountMinor;

  private String currency;

  private @Nullable UUID reverses;

  private long reversedMinor;

  private @Nullable String reference;

  @JdbcTypeCode(SqlTypes.JSON)
  private Map<String, String> metadata;

  private Instant createdAt;

  private Instant expiresAt;

  protected Transfer() {}

  /// Where a transfer is. PENDING moves on; the others are final.
  public enum Status {
    PENDING,
    POSTED,
    REJECTED,
    EXPIRED;

    public boolean isFinal() {
      return this != PENDING;
    }
  }

  public UUID id() {
    return id;
  }

  Status status() {
    return status;
  }

  @Nullable String rejection() {
    return rejection;
  }

  String screening() {
    return screening;
  }

  UUID debitAccountId() {
    return debitAccountId;
  }

  UUID creditAccountId() {
    return creditAccountId;
  }

  long amountMinor() {
    return amountMinor;
  }

  String currency() {
    return currency;
  }

  @Nullable UUID reverses() {
    return reverses;
  }

  long reversedMinor() {
    return reversedMinor;
  }

  @Nullable String reference() {
    return reference;
  }

  Map<String, String> metadata() {
    return metadata;
  }

  Instant createdAt() {
    return createdAt;
  }

  Instant expiresAt() {
    return expiresAt;
  }
}
