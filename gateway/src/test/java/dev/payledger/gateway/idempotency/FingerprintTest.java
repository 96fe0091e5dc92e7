package dev.payledger.gateway.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.gateway.schema.BodySchema;
import dev.payledger.gateway.schema.ValidationResult;
import dev.payledger.testkit.Seed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class FingerprintTest {
  private static final String ALPHABET = "abcXYZ \u00e4\u20ac\"\\/\uD83D\uDE00";

  @Test
  void orderAndWhiteSpaceDoNotMatterAndEveryValueDoes() {
    RandomGenerator random = Seed.next().random();
    for (int round = 0; round < Seed.rounds(500); round++) {
      Map<String, Object> transfer = transfer(random);
      Fingerprint fingerprint = fingerprint(json(transfer, random));
      assertThat(fingerprint(json(transfer, random))).isEqualTo(fingerprint);
      assertThat(fingerprint(json(changed(transfer, random), random)))
          .as("%s", transfer)
          .isNotEqualTo(fingerprint);
    }
  }

  @Test
  void escapesAreOnlyAnotherSpelling() {
    String plain = body("\"reference\":\"caf\u00e9/1\"");
    String escaped = body("\"refer\\u0065nce\":\"caf\\u00e9\\/1\"");
    assertThat(fingerprint(escaped)).isEqualTo(fingerprint(plain));
  }

  @Test
  void principalOperationAndPathCount() {
    Fingerprint one = Fingerprint.of("alice", "freeze-account", "/v1/accounts/1/freeze", "");
    assertThat(Fingerprint.of("bob", "freeze-account", "/v1/accounts/1/freeze", ""))
        .isNotEqualTo(one);
    assertThat(Fingerprint.of("alice", "close-account", "/v1/accounts/1/freeze", ""))
        .isNotEqualTo(one);
    assertThat(Fingerprint.of("alice", "freeze-account", "/v1/accounts/2/freeze", ""))
        .isNotEqualTo(one);
    assertThat(Fingerprint.of("alice", "freeze-account/v1", "/accounts/1/freeze", ""))
        .isNotEqualTo(one);
  }

  private static Fingerprint fingerprint(String json) {
    ValidationResult outcome = BodySchema.TRANSFER.check(json.getBytes(StandardCharsets.UTF_8));
    assertThat(outcome).as(json).isInstanceOf(ValidationResult.Valid.class);
    return Fingerprint.of(
        "alice",
        "create-transfer",
        "/v1/transfers",
        ((ValidationResult.Valid) outcome).canonicalJson());
  }

  private static String body(String more) {
    return """
        {"debitAccountId":"a11ce000-0000-7000-8000-000000000978",
         "creditAccountId":"b0b00000-0000-7000-8000-000000000978",
         "amountMinor":1000,"currency":"EUR",%s}
        """
        .formatted(more);
  }

  private static Map<String, Object> transfer(RandomGenerator random) {
    Map<String, Object> transfer = new LinkedHashMap<>();
    transfer.put("debitAccountId", uuid(random));
    transfer.put("creditAccountId", uuid(random));
    transfer.put("amountMinor", random.nextLong(1, 1L << 53));
    transfer.put("currency", random.nextBoolean() ? "EUR" : "USD");
    if (random.nextBoolean()) {
      transfer.put("reference", text(random));
    }
    if (random.nextBoolean()) {
      Map<String, Object> metadata = new LinkedHashMap<>();
      int entries = random.nextInt(5);
      for (int entry = 0; entry < entries; entry++) {
        metadata.put(text(random), text(random));
      }
      transfer.put("metadata", metadata);
    }
    return transfer;
  }

  /// One value changed, one field gone, or one added.
  private static Map<String, Object> changed(Map<String, Object> transfer, RandomGenerator random) {
    Map<String, Object> changed = new LinkedHashMap<>(transfer);
    switch (random.nextInt(6)) {
      case 0 -> changed.put("debitAccountId", uuid(random));
      case 1 ->
          changed.put(
              "creditAccountId", changed.put("debitAccountId", changed.get("creditAccountId")));
      case 2 -> {
        long amount = (Long) changed.get("amountMinor");
        changed.put("amountMinor", amount == 1 ? 2 : amount - 1);
      }
      case 3 -> changed.put("currency", "CHF");
      case 4 -> {
        if (changed.remove("reference") == null) {
          changed.put("reference", text(random));
        }
      }
      default -> {
        if (changed.remove("metadata") == null) {
          changed.put("metadata", Map.of());
        }
      }
    }
    return changed;
  }

  private static String json(Object value, RandomGenerator random) {
    return switch (value) {
      case Map<?, ?> map -> {
        List<String> members = new ArrayList<>();
        map.forEach(
            (name, member) ->
                members.add(
                    blank(random)
                        + quoted((String) name)
                        + blank(random)
                        + ":"
                        + blank(random)
                        + json(member, random)
                        + blank(random)));
        Collections.shuffle(members, Random.from(random));
        yield "{" + String.join(",", members) + "}";
      }
      case String text -> quoted(text);
      default -> value.toString();
    };
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static String blank(RandomGenerator random) {
    return List.of("", "", " ", "\n", "\t ", "\r\n").get(random.nextInt(6));
  }

  private static String text(RandomGenerator random) {
    StringBuilder text = new StringBuilder();
    int length = 1 + random.nextInt(8);
    int[] points = ALPHABET.codePoints().toArray();
    for (int at = 0; at < length; at++) {
      text.appendCodePoint(points[random.nextInt(points.length)]);
    }
    return text.toString();
  }

  private static String uuid(RandomGenerator random) {
    return new java.util.UUID(random.nextLong(), random.nextLong()).toString();
  }
}
