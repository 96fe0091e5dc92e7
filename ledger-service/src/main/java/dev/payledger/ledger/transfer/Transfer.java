package dev.payledger.ledger.transfer;

import jakarta.persistence.Column;
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

  private boolean refused;

  private String screening;

  private UUID debitAccountId;

  private UUID creditAccountId;

  private int legCount;

  private long amountMinor;

  private long capturedMinor;

  @Column(name = "capture_within_s")
  private @Nullable Long captureWithinSeconds;

  private boolean voidRequested;

  private String currency;

  private @Nullable UUID reverses;

  private long reversedMinor;

  private @Nullable String reference;

  @JdbcTypeCode(SqlTypes.JSON)
  private Map<String, String> metadata;

  private Instant createdAt;

  private Instant expiresAt;

  protected Transfer() {}

  /// Where a transfer is. PENDING moves on by itself, HELD when it is captured or voided or its time is
  /// over; the others are final.
  public enum Status {
    PENDING,
    HELD,
    POSTED,
    REJECTED,
    VOIDED,
    EXPIRED;

    public boolean isFinal() {
      return this != PENDING && this != HELD;
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

  /// Whether it is an attempt: rejected before funds were held.
  boolean isRefused() {
    return refused;
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

  /// Above one the legs are rows of their own, and the accounts here are the first one's.
  int legCount() {
    return legCount;
  }

  long amountMinor() {
    return amountMinor;
  }

  long capturedMinor() {
    return capturedMinor;
  }

  boolean isCapturedByRequest() {
    return captureWithinSeconds != null;
  }

  /// Whether it was ever held for its capture: screened, and not just pending.
  boolean wasHeld() {
    return isCapturedByRequest() && (screening.equals("APPROVED") || screening.equals("SKIPPED"));
  }

  boolean isVoidRequested() {
    return voidRequested;
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
