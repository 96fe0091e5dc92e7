package dev.payledger.gateway.idempotency;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/// The id under which the ledger remembers a command permanently: a UUIDv8 (RFC 9562) from what the
/// caller named, so that it can be had again from the request alone, even when the gateway's own
/// record of the key is gone.
public final class CommandId {
  private static final long VERSION_8 = 0x8000L;
  private static final long VARIANT_RFC = 0x8000_0000_0000_0000L;

  private CommandId() {}

  /// `itemIndex` is 0 but for the items of a batch.
  public static UUID of(KeyOwner owner, String operation, IdempotencyKey key, int itemIndex) {
    MessageDigest hash = sha256();
    for (String field :
        new String[] {"command-id/1", owner.issuer(), owner.principal(), operation, key.value()}) {
      update(hash, field);
    }
    hash.update(ByteBuffer.allocate(Integer.BYTES).putInt(itemIndex).flip());
    ByteBuffer bits = ByteBuffer.wrap(hash.digest());
    return version8(bits.getLong(), bits.getLong());
  }

  /// For a request that names no key: every attempt is a command of its own. From a secure source:
  /// whoever sees one of them must not be able to send the next one first.
  public static UUID random() {
    return UUID.randomUUID();
  }

  /// Each field goes in with its length, so that (a, bc) and (ab, c) differ.
  static void update(MessageDigest hash, String field) {
    byte[] bytes = field.getBytes(StandardCharsets.UTF_8);
    hash.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
    hash.update(bytes);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static UUID version8(long high, long low) {
    return new UUID((high & ~0xF000L) | VERSION_8, (low & ~(3L << 62)) | VARIANT_RFC);
  }
}
