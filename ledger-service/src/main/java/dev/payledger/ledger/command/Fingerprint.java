package dev.payledger.ledger.command;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a command asked for, as a SHA-256 in hexadecimal: equal for the same request, different for
/// any other. Each part goes in with its length, so that no two lists of parts run together.
public record Fingerprint(String sha256) {

  public static Fingerprint of(List<? extends @Nullable Object> parts) {
    MessageDigest digest = sha256Digest();
    for (Object part : parts) {
      if (part == null) {
        digest.update((byte) 0);
      } else {
        byte[] bytes = part.toString().getBytes(StandardCharsets.UTF_8);
        digest.update((byte) 1);
        digest.update(ByteBuffer.allocate(4).putInt(bytes.length).array());
        digest.update(bytes);
      }
    }
    return new Fingerprint(HexFormat.of().formatHex(digest.digest()));
  }

  static MessageDigest sha256Digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
