package dev.payledger.gateway.issuer;

import com.nimbusds.jose.jwk.RSAKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.text.ParseException;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;

/// Encrypts the private signing keys for the database (AES-256-GCM), so that who reads a row, a backup or
/// a replica cannot sign. The key comes from a secret of the configuration by HKDF-SHA256.
///
/// A sealed key is a version byte, a nonce of 12 bytes, and the encrypted JWK with its tag of 16 bytes.
/// The version, the purpose and the generation are authenticated: a row that was moved to another
/// generation does not open.
final class KeySeal {
  /// 256 bits in hexadecimal are 64 characters, in base64 44. Length is all that can be checked here.
  static final int SECRET_LENGTH_MIN = 32;

  static final byte VERSION = 1;
  static final int NONCE_BYTES = 12;
  static final int TAG_BYTES = 16;

  private static final int KEY_BYTES = 32;
  private static final byte[] PURPOSE =
      "payledger gateway signing key".getBytes(StandardCharsets.US_ASCII);

  /// One label for each use of a secret. Another label is another key: then no stored row opens.
  private static final byte[] LABEL =
      "payledger gateway signing key AES-256-GCM v1".getBytes(StandardCharsets.US_ASCII);

  private final SecretKey key;
  private final SecureRandom random = new SecureRandom();

  /// @param secret random, of 32 characters or more; white space around it does not count
  KeySeal(String secret) {
    String material = secret.strip();
    if (material.length() < SECRET_LENGTH_MIN) {
      // Without its value: this line is logged.
      throw new IllegalArgumentException(
          "SIGNING_KEYS_SECRET (gateway.demo-issuer.keys.secret) must have "
              + SECRET_LENGTH_MIN
              + " characters or more; `openssl rand -base64 32` makes one");
    }
    try {
      key =
          KDF.getInstance("HKDF-SHA256")
              .deriveKey(
                  "AES",
                  HKDFParameterSpec.ofExtract()
                      .addIKM(material.getBytes(StandardCharsets.UTF_8))
                      .thenExpand(LABEL, KEY_BYTES));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK from 25 on has HKDF-SHA256", e);
    }
  }

  byte[] seal(int generation, RSAKey jwk) {
    byte[] clear = jwk.toJSONString().getBytes(StandardCharsets.UTF_8);
    // A nonce must not repeat under one key. Random ones do not for 2^32 seals (NIST SP 800-38D,
    // 8.3).
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    try {
      return ByteBuffer.allocate(1 + NONCE_BYTES + clear.length + TAG_BYTES)
          .put(VERSION)
          .put(nonce)
          .put(cipher(Cipher.ENCRYPT_MODE, nonce, generation).doFinal(clear))
          .array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES-256-GCM", e);
    }
  }

  RSAKey open(int generation, byte[] sealed) {
    if (sealed.length <= 1 + NONCE_BYTES + TAG_BYTES || sealed[0] != VERSION) {
      throw new SealBroken(generation);
    }
    ByteBuffer parts = ByteBuffer.wrap(sealed, 1, sealed.length - 1);
    byte[] nonce = new byte[NONCE_BYTES];
    parts.get(nonce);
    byte[] encrypted = new byte[parts.remaining()];
    parts.get(encrypted);
    try {
      byte[] clear = cipher(Cipher.DECRYPT_MODE, nonce, generation).doFinal(encrypted);
      return RSAKey.parse(new String(clear, StandardCharsets.UTF_8));
    } catch (GeneralSecurityException | ParseException _) {
      // Without the cause: a parser's message has parts of what it read, which is the private key.
      throw new SealBroken(generation);
    }
  }

  private Cipher cipher(int mode, byte[] nonce, int generation) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * Byte.SIZE, nonce));
    cipher.updateAAD(
        ByteBuffer.allocate(1 + PURPOSE.length + Integer.BYTES)
            .put(VERSION)
            .put(PURPOSE)
            .putInt(generation)
            .array());
    return cipher;
  }
}
