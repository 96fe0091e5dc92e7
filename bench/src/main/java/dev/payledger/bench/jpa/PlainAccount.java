package dev.payledger.bench.jpa;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.util.UUID;

@Entity
class PlainAccount {
  @Id private UUID id;
  private long balanceMinor;
  private long floorMinor;

  protected PlainAccount() {}

  PlainAccount(UUID id, long floorMinor) {
    this.id = id;
    this.floorMinor = floorMinor;
  }

  UUID id() {
    return id;
  }

  long balanceMinor() {
    return balanceMinor;
  }

  void debit(long amountMinor) {
    if (balanceMinor - amountMinor < floorMinor) {
      throw new IllegalStateException("insufficient funds on " + id);
    }
    balanceMinor -= amountMinor;
  }

  void credit(long amountMinor) {
    balanceMinor += amountMinor;
  }
}
