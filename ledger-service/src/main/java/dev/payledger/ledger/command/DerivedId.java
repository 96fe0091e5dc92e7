package dev.payledger.ledger.command;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.UUID;

/// Ids of what a command causes, derived from ids that are already fixed: a repeated attempt writes
/// the same ids, so a duplicate collides instead of appearing twice. UUIDv8 (RFC 9562, 5.8).
public final class DerivedId {
  private DerivedId() {}

  public static UUID of(UUID source, String role, long number) {
    MessageDigest digest = Fingerprint.sha256Digest();
    digest.update(
        ByteBuffer.allocate(24)
            .putLong(source.getMostSignificantBits())
            .putLong(source.getLeastSignificantBits())
            .putLong(number)
            .array());
    return ofHash(digest.digest(role.getBytes(StandardCharsets.UTF_8)));
  }

  /// Of what is named in full.
  public static UUID of(Fingerprint fingerprint) {
    return ofHash(HexFormat.of().parseHex(fingerprint.sha256()));
  }

  private static UUID ofHash(byte[] sha256) {
    ByteBuffer hash = ByteBuffer.wrap(sha256);
    long high = (hash.getLong() & 0xFFFF_FFFF_FFFF_0FFFL) | 0x8000L;
    long low = (hash.getLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low);
  }
}
