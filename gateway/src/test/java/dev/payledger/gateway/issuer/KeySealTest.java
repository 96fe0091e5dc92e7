package dev.payledger.gateway.issuer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.RSAKey;
import dev.payledger.testkit.TestIssuer;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class KeySealTest {
  private static final String SECRET = "a-secret-of-this-test-0123456789";
  private static final String OTHER = "another-secret-of-this-test-0123";
  private static final int GENERATION = 7;

  private static final KeySeal seal = new KeySeal(SECRET);
  private static RSAKey key;
  private static byte[] sealed;

  @BeforeAll
  static void aSealedKey() throws Exception {
    key = TestIssuer.key();
    sealed = seal.seal(GENERATION, key);
  }

  private static void assertRefused(String what, KeySeal by, int generation, byte[] bytes) {
    assertThatThrownBy(() -> by.open(generation, bytes))
        .as(what)
        .isInstanceOf(SealBroken.class)
        .hasMessageContaining("SIGNING_KEYS_SECRET")
        .hasMessageContaining("DELETE FROM signing_key WHERE generation = " + generation)
        // A cause of the parser would have parts of the key.
        .hasNoCause();
  }

  @Test
  void sealOpensWithItsSecret() {
    assertThat(new KeySeal(SECRET).open(GENERATION, sealed)).isEqualTo(key);
    assertThat(new KeySeal("\n" + SECRET + " ").open(GENERATION, sealed)).isEqualTo(key);
  }

  @Test
  void twoSealsOfOneKeyDiffer() {
    byte[] second = seal.seal(GENERATION, key);
    assertThat(nonce(second)).isNotEqualTo(nonce(sealed));
    assertThat(encrypted(second)).isNotEqualTo(encrypted(sealed));
    assertThat(seal.open(GENERATION, second)).isEqualTo(key);
  }

  @Test
  void anotherSecretIsRefused() {
    assertRefused("another secret", new KeySeal(OTHER), GENERATION, sealed);
  }

  @Test
  void anotherGenerationIsRefused() {
    for (int generation : new int[] {1, GENERATION - 1, GENERATION + 1, GENERATION << 8}) {
      assertRefused("generation " + generation, seal, generation, sealed);
    }
  }

  /// Of the version, the nonce, the encrypted key and the tag.
  @Test
  void flippedBitIsRefused() {
    for (int bit = 0; bit < sealed.length * Byte.SIZE; bit++) {
      byte[] flipped = sealed.clone();
      flipped[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
      assertRefused("bit " + bit, seal, GENERATION, flipped);
    }
  }

  @Test
  void anotherLengthIsRefused() {
    for (int length = 0; length < sealed.length; length++) {
      assertRefused("length " + length, seal, GENERATION, Arrays.copyOf(sealed, length));
    }
    assertRefused("longer", seal, GENERATION, Arrays.copyOf(sealed, sealed.length + 1));
  }

  /// With RFC 5869 by hand. A change of the format leaves every stored key unopened.
  @Test
  void formatIsWhatStoredRowsHave() throws GeneralSecurityException {
    byte[] pseudorandomKey = hmac(new byte[32], SECRET.getBytes(StandardCharsets.UTF_8));
    byte[] aesKey =
        hmac(
            pseudorandomKey, ascii("payledger gateway signing key AES-256-GCM v1"), new byte[] {1});
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        Cipher.DECRYPT_MODE,
        new SecretKeySpec(aesKey, "AES"),
        new GCMParameterSpec(128, nonce(sealed)));
    cipher.updateAAD(new byte[] {1});
    cipher.updateAAD(ascii("payledger gateway signing key"));
    cipher.updateAAD(ByteBuffer.allocate(4).putInt(GENERATION).array());
    assertThat(sealed[0]).isEqualTo((byte) 1);
    assertThat(new String(cipher.doFinal(encrypted(sealed)), StandardCharsets.UTF_8))
        .isEqualTo(key.toJSONString());
  }

  @Test
  void shortSecretIsRefusedWithoutItsValue() {
    String tooShort = SECRET.substring(1);
    for (String secret : new String[] {"", tooShort, " " + tooShort + "\n"}) {
      assertThatThrownBy(() -> new KeySeal(secret))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("SIGNING_KEYS_SECRET")
          .hasMessageContaining("32 characters or more")
          .message()
          .doesNotContain(tooShort);
    }
    assertThatCode(() -> new KeySeal(SECRET)).doesNotThrowAnyException();
  }

  @Test
  void settingsAreShownWithoutTheSecret() {
    assertThat(
            new DemoIssuerProperties.Keys(
                SECRET, Duration.ofHours(24), Duration.ofMinutes(10), Duration.ofSeconds(5)))
        .hasToString("Keys[rotateEvery=PT24H, publishAhead=PT10M, lookEvery=PT5S]");
  }

  private static byte[] nonce(byte[] bytes) {
    return Arrays.copyOfRange(bytes, 1, 13);
  }

  private static byte[] encrypted(byte[] bytes) {
    return Arrays.copyOfRange(bytes, 13, bytes.length);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] hmac(byte[] macKey, byte[]... parts) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(macKey, "HmacSHA256"));
    ByteArrayOutputStream input = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      input.writeBytes(part);
    }
    return mac.doFinal(input.toByteArray());
  }
}
