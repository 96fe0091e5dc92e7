package dev.payledger.notify.feed;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.OptionalLong;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.stereotype.Component;

/// Cursors: the last sequence shown, for one account, signed so that nobody can start a page beyond
/// what was shown. 8 bytes of sequence and 16 bytes of HMAC-SHA-256, base64url.
@Component
final class FeedCursors {
  private static final int BYTES = Long.BYTES + 16;
  private static final byte[] PURPOSE = "feed-cursor-v1".getBytes(StandardCharsets.UTF_8);

  private final SecretKeySpec key;

  FeedCursors(FeedProperties properties) {
    this.key =
        new SecretKeySpec(properties.cursorKey().getBytes(StandardCharsets.UTF_8), "HmacSHA256");
  }

  String after(UUID accountId, long sequence) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(signed(accountId, sequence));
  }

  /// The sequence of a cursor that this key gave out for this account; empty for any other text.
  OptionalLong read(UUID accountId, String cursor) {
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(cursor);
    } catch (IllegalArgumentException e) {
      return OptionalLong.empty();
    }
    if (bytes.length != BYTES) {
      return OptionalLong.empty();
    }
    long sequence = ByteBuffer.wrap(bytes).getLong();
    // Constant time, so that a signature cannot be guessed byte by byte.
    return MessageDigest.isEqual(bytes, signed(accountId, sequence))
        ? OptionalLong.of(sequence)
        : OptionalLong.empty();
  }

  private byte[] signed(UUID accountId, long sequence) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      mac.update(PURPOSE);
      mac.update(
          ByteBuffer.allocate(24)
              .putLong(accountId.getMostSignificantBits())
              .putLong(accountId.getLeastSignificantBits())
              .putLong(sequence)
              .flip());
      byte[] signature = Arrays.copyOf(mac.doFinal(), BYTES - Long.BYTES);
      return ByteBuffer.allocate(BYTES).putLong(sequence).put(signature).array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }
}
