package dev.payledger.gateway.idempotency;

import java.util.Optional;
import java.util.UUID;
import org.springframework.data.repository.Repository;

/// Reads of idempotency keys.
interface KeyRows extends Repository<KeyRow, UUID> {
  Optional<KeyRow> findById(UUID commandId);
}
