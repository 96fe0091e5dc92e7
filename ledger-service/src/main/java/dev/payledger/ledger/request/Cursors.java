package dev.payledger.ledger.request;

import dev.payledger.kit.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// Page cursors: where the next page begins, signed, so that a caller can only hand back what it was
/// given. A cursor is bound to its list and is worth nothing for another.
@Component
public class Cursors {
  private static final int MAC_BYTES = 16;

  private final SecretKeySpec key;

  Cursors(RequestProperties properties) {
    this.key =
        new SecretKeySpec(properties.cursorKey().getBytes(StandardCharsets.UTF_8), "HmacSHA256");
  }

  /// The name of a list that filters make another one of: a cursor is bound to them too.
  ///
  /// @param filters without line breaks; null for one that is not given
  public static String list(String name, @Nullable Object... filters) {
    StringBuilder list = new StringBuilder(name);
    for (Object filter : filters) {
      list.append('\n').append(filter == null ? "" : "=" + filter);
    }
    return list.toString();
  }

  /// Seals the position after which the list goes on.
  public String seal(String list, String position) {
    byte[] text = position.getBytes(StandardCharsets.UTF_8);
    byte[] sealed = Arrays.copyOf(mac(list, text), MAC_BYTES + text.length);
    System.arraycopy(text, 0, sealed, MAC_BYTES, text.length);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(sealed);
  }

  /// The sealed position; a forged, edited or foreign cursor is a bad request.
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
    if (!MessageDigest.isEqual(mac(list, text), Arrays.copyOf(sealed, MAC_BYTES))) {
      throw forged();
    }
    return new String(text, StandardCharsets.UTF_8);
  }

  private byte[] mac(String list, byte[] text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
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
