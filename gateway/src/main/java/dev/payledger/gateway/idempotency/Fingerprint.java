package dev.payledger.gateway.idempotency;

import java.security.MessageDigest;
import java.util.HexFormat;

/// What a key was first used for: SHA-256 (64 hex digits) over principal, operation, path and
/// canonical body. Two requests with one fingerprint ask for the same thing.
public record Fingerprint(String hex) {

  public static Fingerprint of(
      String principal, String operation, String path, String canonicalBody) {
    MessageDigest hash = CommandId.sha256();
    for (String field : new String[] {"fingerprint/1", principal, operation, path, canonicalBody}) {
      CommandId.update(hash, field);
    }
    return new Fingerprint(HexFormat.of().formatHex(hash.digest()));
  }
}
