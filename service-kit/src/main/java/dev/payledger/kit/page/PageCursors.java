package dev.payledger.kit.page;

import dev.payledger.kit.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// Page cursors: where the next page of a list begins, signed with HMAC-SHA-256. A cursor is bound to
/// its list and is not valid for another one. Its form is base64url of 16 bytes of signature and the
/// position in UTF-8.
public final class PageCursors {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int MAC_BYTES = 16;

  /// A shorter key than the hash is weaker than it (RFC 2104, section 3).
  private static final int KEY_BYTES_MIN = 32;

  private final SecretKeySpec key;

  /// @param key a secret of at least 32 bytes, the same on all instances of a service
  public PageCursors(String key) {
    byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
    if (bytes.length < KEY_BYTES_MIN) {
      throw new IllegalArgumentException("cursor-key must have at least 32 bytes");
    }
    this.key = new SecretKeySpec(bytes, ALGORITHM);
  }

  /// The name of a list whose content depends on filters, so that a cursor is bound to them too.
  ///
  /// @param name the list, with the id of what it belongs to
  /// @param filters without line breaks; null for one that is not given
  public static String list(String name, @Nullable Object... filters) {
    StringBuilder list = new StringBuilder(name);
    for (Object filter : filters) {
      list.append('\n').append(filter == null ? "" : "=" + filter);
    }
    return list.toString();
  }

  /// The cursor of a position in a list.
  public String seal(String list, String position) {
    byte[] text = position.getBytes(StandardCharsets.UTF_8);
    byte[] sealed = Arrays.copyOf(mac(list, text), MAC_BYTES + text.length);
    System.arraycopy(text, 0, sealed, MAC_BYTES, text.length);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(sealed);
  }

  /// The position of a cursor of this list.
  ///
  /// @throws ProblemException 400 for a forged cursor, an edited one and one of another list
  public String open(String list, String cursor) {
    byte[] sealed;
    try {
      sealed = Base64.getUrlDecoder().decode(cursor);
    } catch (IllegalArgumentException e) {
      throw forged();
    }
    if (sealed.length <= MAC_BYTES) {
      throw forged();
    }
    byte[] text = Arrays.copyOfRange(sealed, MAC_BYTES, sealed.length);
    // In constant time, so that a signature cannot be guessed byte by byte.
    if (!MessageDigest.isEqual(mac(list, text), Arrays.copyOf(sealed, MAC_BYTES))) {
      throw forged();
    }
    return new String(text, StandardCharsets.UTF_8);
  }

  private byte[] mac(String list, byte[] text) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update(list.getBytes(StandardCharsets.UTF_8));
      mac.update((byte) 0);
      return Arrays.copyOf(mac.doFinal(text), MAC_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }

  private static ProblemException forged() {
    return ProblemException.invalidRequest(
        "cursor is not one that this list gave out. Start again without it.");
  }
}
