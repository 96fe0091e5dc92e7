package dev.payledger.system.attack;

import static dev.payledger.system.attack.Attack.post;
import static dev.payledger.system.attack.Attack.raw;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/// Every field with what it is not, numbers that are no amounts, JSON that is none, kinds and
/// sizes, and text that means something to somebody.
final class AttacksOnBodies extends AttackFamily {
  AttacksOnBodies(Victims of) {
    super(of);
  }

  @Override
  void collect() {
    onFields();
    onAmounts();
    onJson();
    onMediaTypesAndSizes();
  }

  /// Of the wrong type, or of no use, for whatever field.
  private static final List<String> VALUES =
      List.of("null", "true", "-1", "0.5", "\"\"", "\"x\\u0000y\"", "[]", "{}", "[null]");

  private static final List<String> NOT_OURS_TO_SET =
      List.of(
          "balance",
          "state",
          "status",
          "owner",
          "fee",
          "id",
          "createdAt",
          "region",
          "epoch",
          "operator",
          "floorMinor",
          "__proto__");

  // 12, 14, 16, 40: every field of every body, with what it is not.
  private void onFields() {
    Map<String, Map<String, String>> bodies = new LinkedHashMap<>();
    bodies.put(
        "/v1/transfers",
        fields(
            "debitAccountId", quoted(of.payer()),
            "creditAccountId", quoted(of.savings()),
            "amountMinor", "1",
            "currency", "\"EUR\"",
            "reference", "\"rent\"",
            "metadata", "{\"a\":\"b\"}",
            "capture", "\"MANUAL\""));
    bodies.put(
        "/v1/transfers/" + of.posted() + "/reversals",
        fields("amountMinor", "1", "reference", "\"sorry\"", "metadata", "{\"a\":\"b\"}"));
    bodies.put(
        "/v1/transfers/" + of.held() + "/capture", fields("amountMinor", "1", "final", "false"));
    bodies.put(
        "/v1/accounts", fields("name", "\"x\"", "currency", "\"EUR\"", "owner", "\"alice\""));
    bodies.put(
        "/v1/accounts/" + of.payer() + "/freeze", fields("side", "\"DEBITS\"", "reason", "\"x\""));
    bodies.put(
        "/v1/accounts/" + of.payer() + "/overdraft", fields("limitMinor", "0", "reason", "\"x\""));
    bodies.put(
        "/v1/operator/held-transfers/" + of.posted() + "/review",
        fields("decision", "\"RETRY\"", "reason", "\"x\""));
    bodies.forEach(
        (path, right) -> {
          right.forEach(
              (field, value) -> {
                for (String wrong : VALUES) {
                  if (!isRight(field, wrong)) {
                    Map<String, String> fields = new LinkedHashMap<>(right);
                    fields.put(field, wrong);
                    bad("40 %s is %s in %s".formatted(field, wrong, path), path, object(fields));
                  }
                }
              });
          for (String field : NOT_OURS_TO_SET) {
            if (!right.containsKey(field)) {
              Map<String, String> fields = new LinkedHashMap<>(right);
              fields.put(field, "\"1\"");
              bad("14 %s is set in %s".formatted(field, path), path, object(fields));
            }
          }
        });
    for (String path :
        List.of(
            "/v1/transfers/" + of.held() + "/void",
            "/v1/accounts/" + of.payer() + "/unfreeze",
            "/v1/accounts/" + of.payer() + "/close",
            "/v1/accounts/" + of.payer() + "/reopen")) {
      bad("14 force is set in " + path, path, "{\"force\":true}");
    }
    for (String missing : List.of("debitAccountId", "creditAccountId", "amountMinor", "currency")) {
      Map<String, String> fields = new LinkedHashMap<>(bodies.get("/v1/transfers"));
      fields.remove(missing);
      bad("40 without " + missing, "/v1/transfers", object(fields));
    }
    String one = leg(of.payer(), of.savings());
    String plain = transfer(of.payer(), of.savings(), "1");
    for (String field : List.of("fee", "currency", "status")) {
      bad(
          "14 %s is set in a leg".formatted(field),
          "/v1/transfers",
          "{\"currency\":\"EUR\",\"legs\":[%s,%s]}"
              .formatted(one, one.replace("}", ",\"%s\":\"EUR\"}".formatted(field))));
      bad(
          "14 %s is set in an item of a batch".formatted(field),
          "/v1/transfer-batches",
          "{\"items\":[%s,%s]}"
              .formatted(plain, plain.replace("}", ",\"%s\":\"EUR\"}".formatted(field))));
    }
    bad("40 no legs", "/v1/transfers", "{\"currency\":\"EUR\",\"legs\":[]}");
    bad(
        "40 51 legs",
        "/v1/transfers",
        "{\"currency\":\"EUR\",\"legs\":[%s]}"
            .formatted(String.join(",", Collections.nCopies(51, one))));
    bad(
        "17 legs beyond 2^53",
        "/v1/transfers",
        "{\"currency\":\"EUR\",\"legs\":[%1$s,%1$s]}"
            .formatted(one.replace(":1}", ":9007199254740991}")));
    bad(
        "40 legs and an amount",
        "/v1/transfers",
        "{\"currency\":\"EUR\",\"amountMinor\":1,\"legs\":[%s]}".formatted(one));
    bad("40 an empty batch", "/v1/transfer-batches", "{\"items\":[]}");
    bad(
        "40 a batch of 101",
        "/v1/transfer-batches",
        "{\"items\":[%s]}"
            .formatted(
                String.join(
                    ",", Collections.nCopies(101, transfer(of.payer(), of.savings(), "1")))));
  }

  // 16 to 22: numbers that are no amounts, and currencies that are none.
  private void onAmounts() {
    for (String amount :
        List.of(
            "0",
            "-1",
            "-0",
            "1.0",
            "1.005",
            "1e2",
            "1E2",
            "1e400",
            "1e-400",
            "9007199254740992",
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775808",
            "123456789012345678901234567890",
            "9".repeat(400),
            "NaN",
            "Infinity",
            "-Infinity",
            "0x10",
            "007",
            "+1",
            "1_000",
            ".5",
            "5.",
            "\"5\"",
            "\"1e2\"",
            "١٢")) {
      bad(
          "20 amount " + (amount.length() > 40 ? "of 400 digits" : amount),
          "/v1/transfers",
          transfer(of.payer(), of.savings(), amount));
    }
    for (String currency : List.of("eur", "Eur", "EU", "EURO", "€", " EUR", "EUR ", "E R", "978")) {
      bad(
          "22 currency " + currency,
          "/v1/transfers",
          transfer(of.payer(), of.savings(), "1").replace("EUR", currency));
    }
  }

  // 29 to 31, 34: JSON that is none, or more than one.
  private void onJson() {
    String right = transfer(of.payer(), of.savings(), "1");
    String members = right.substring(1, right.length() - 1);
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put("29 an amount twice", "{" + members + ",\"amountMinor\":1000}");
    texts.put("29 the same amount twice", "{" + members + ",\"amountMinor\":1}");
    texts.put("29 a name twice, once escaped", "{" + members + ",\"amount\\u004dinor\":1000}");
    texts.put(
        "29 a name twice in metadata", "{" + members + ",\"metadata\":{\"a\":\"1\",\"a\":\"2\"}}");
    texts.put("30 two documents", right + right);
    texts.put("30 trailing token", right + "]");
    texts.put("30 trailing text", right + " x");
    texts.put("30 trailing comma", "{" + members + ",}");
    texts.put("30 byte order mark", "\ufeff" + right);
    texts.put("30 comment", "/* x */" + right);
    texts.put("30 line comment", right + "// x");
    texts.put("30 single quotes", right.replace('"', '\''));
    texts.put("30 names without quotes", right.replace("\"amountMinor\"", "amountMinor"));
    texts.put("30 a list", "[" + right + "]");
    texts.put("30 a string", "\"x\"");
    texts.put("30 a number", "1");
    texts.put("30 null", "null");
    texts.put("30 nothing", "");
    texts.put("30 blanks", "   ");
    texts.put("30 half a document", right.substring(0, right.length() / 2));
    texts.put("30 form", "amountMinor=1&currency=EUR");
    texts.put("30 XML", "<transfer/>");
    texts.put("30 YAML", "amountMinor: 1");
    texts.put("31 depth of 7,000", "[".repeat(7_000) + "]".repeat(7_000));
    texts.put(
        "31 depth in metadata",
        "{" + members + ",\"metadata\":" + "{\"a\":".repeat(500) + "1" + "}".repeat(500) + "}");
    texts.put("31 a name of 10,000", "{" + members + ",\"" + "n".repeat(10_000) + "\":1}");
    texts.put("41 NUL in a reference", "{" + members + ",\"reference\":\"a\\u0000b\"}");
    texts.put("41 half a surrogate pair", "{" + members + ",\"reference\":\"\\ud800\"}");
    texts.put("41 raw control character", "{" + members + ",\"reference\":\"a\u0001b\"}");
    texts.put("46 line break in a reference", "{" + members + ",\"reference\":\"a\\nb\"}");
    texts.put(
        "46 escape sequence in a reference", "{" + members + ",\"reference\":\"a\\u001b[2J\"}");
    texts.put(
        "43 reference of 141 that are two chars each",
        "{" + members + ",\"reference\":\"" + "\ud83d\ude00".repeat(141) + "\"}");
    texts.put("43 reference of 141", "{" + members + ",\"reference\":\"" + "r".repeat(141) + "\"}");
    texts.put("43 21 entries of metadata", "{" + members + ",\"metadata\":" + metadata(21) + "}");
    texts.put("40 metadata that is not flat", "{" + members + ",\"metadata\":{\"a\":{}}}");
    texts.forEach((name, text) -> bad(name, "/v1/transfers", text));
    String batch = "/v1/transfer-batches";
    StringBuilder names = new StringBuilder("{\"x\":1");
    for (int i = 0; i < 60_000; i++) {
      names.append(",\"n").append(i).append("\":1");
    }
    bad("31 60,000 names", batch, names.append("}").toString());
    bad("31 depth of 400,000", batch, "[".repeat(400_000));
    bad("31 depth of 100,000 of objects", batch, "{\"items\":".repeat(100_000));
    bad("31 a string of a million", batch, "{\"items\":\"" + "s".repeat(1_000_000) + "\"}");
    bad("31 a number of a million digits", batch, "{\"items\":" + "9".repeat(1_000_000) + "}");
    bad("31 an exponent of a million digits", batch, "{\"items\":1e" + "9".repeat(1_000_000) + "}");
    bad("31 a million blanks", batch, " ".repeat(1_000_000));
    bad("32 UTF-16", right.getBytes(StandardCharsets.UTF_16));
    bad("32 UTF-32", right.getBytes(Charset.forName("UTF-32")));
    bad("41 bytes that are not UTF-8", new byte[] {'{', '"', (byte) 0xff, (byte) 0xfe, '"', '}'});
    bad("41 overlong UTF-8", new byte[] {'{', '"', (byte) 0xc0, (byte) 0xaf, '"', '}'});
  }

  // 32, 34, 36: kinds and sizes.
  private void onMediaTypesAndSizes() {
    String right = transfer(of.payer(), of.savings(), "1");
    byte[] bytes = right.getBytes(StandardCharsets.UTF_8);
    for (String type :
        List.of(
            "text/plain",
            "text/json",
            "application/xml",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/json; charset=utf-16",
            "application/json; charset=utf-7",
            "application/json; charset=iso-8859-1",
            "application/merge-patch+json",
            "application/octet-stream",
            "json",
            "*/*",
            "")) {
      all.add(
          post("/v1/transfers")
              .as(of.alice())
              .key()
              .header("Content-Type: " + type)
              .body(bytes)
              .mustGet("32 as " + type, 415, "unsupported-media-type"));
    }
    all.add(
        post("/v1/transfers")
            .as(of.alice())
            .key()
            .body(bytes)
            .mustGet("32 of no type", 415, "unsupported-media-type"));
    all.add(
        post("/v1/transfers")
            .as(of.alice())
            .key()
            .header("Content-Type: text/plain")
            .json(right)
            .mustGet("32 of two types", 415, "unsupported-media-type"));
    for (String coding : List.of("gzip", "deflate", "br", "gzip, gzip", "identity")) {
      all.add(
          post("/v1/transfers")
              .as(of.alice())
              .key()
              .header("Content-Type: application/json")
              .header("Content-Encoding: " + coding)
              .body(gzip(bytes))
              .mustGet("34 encoded as " + coding, 415, "unsupported-media-type"));
    }
    byte[] large = new byte[17 * 1024];
    for (String path :
        List.of("/v1/transfers", "/v1/accounts", "/v1/accounts/" + of.payer() + "/freeze")) {
      all.add(
          post(path)
              .as(of.alice())
              .key()
              .header("Content-Type: application/json")
              .body(large)
              .mustGet("34 17 KiB to " + path, 413, "payload-too-large"));
      all.add(
          post(path)
              .as(of.alice())
              .key()
              .header("Content-Type: application/json")
              .chunked()
              .body(large)
              .mustGet("34 17 KiB in chunks to " + path, 413, "payload-too-large"));
    }
    all.add(
        post("/v1/transfer-batches")
            .as(of.alice())
            .key()
            .header("Content-Type: application/json")
            .body(new byte[1024 * 1024 + 1])
            .mustGet("34 a batch over 1 MiB", 413, "payload-too-large"));
    all.add(
        raw(
            "34 a length of terabytes",
            head(
                "POST /v1/transfers",
                "Content-Type: application/json",
                "Content-Length: 9999999999999"),
            413,
            "payload-too-large"));
  }

  /// 41, 42, 44, 46, 47, 49: text that means something to somebody. It is kept as it came.
  static final List<String> TEXTS =
      List.of(
          "'; DROP TABLE account; --",
          "1 OR 1=1",
          "${jndi:ldap://127.0.0.1/a}",
          "#{7*7}",
          "{{7*7}}",
          "T(java.lang.Runtime).getRuntime()",
          "<script>alert(1)</script>",
          "=cmd|'/C calc'!A0",
          "@SUM(1)",
          "%0a%0d",
          "../../etc/passwd",
          "\u202egnirts",
          "e\u0301",
          "\u00e9",
          "\u212b",
          "\u200b",
          "\ufeff",
          "\ud83d\ude00".repeat(140),
          "\uff07",
          "\ufffd",
          "%s%n",
          "\\u0000",
          "\\",
          "\"",
          "null",
          " ",
          "r".repeat(140));

  private void bad(String name, String path, String body) {
    all.add(post(path).as(of.operator()).key().json(body).mustGet(name, 400, "invalid-request"));
  }

  private void bad(String name, byte[] body) {
    all.add(
        post("/v1/transfers")
            .as(of.operator())
            .key()
            .header("Content-Type: application/json")
            .body(body)
            .mustGet(name, 400, "invalid-request"));
  }

  /// Some values that are wrong for most fields are right for one.
  private static boolean isRight(String field, String value) {
    return switch (field) {
      case "reference" -> value.equals("\"\"");
      case "metadata" -> value.equals("{}");
      case "final" -> value.equals("true");
      default -> false;
    };
  }

  private static String metadata(int entries) {
    Map<String, String> metadata = new LinkedHashMap<>();
    for (int i = 0; i < entries; i++) {
      metadata.put("n" + i, "\"v\"");
    }
    return object(metadata);
  }

  private static Map<String, String> fields(String... namesAndValues) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      fields.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return fields;
  }

  private static String object(Map<String, String> fields) {
    return "{"
        + String.join(
            ",",
            fields.entrySet().stream()
                .map(field -> quoted(field.getKey()) + ":" + field.getValue())
                .toList())
        + "}";
  }

  private static String quoted(String text) {
    return "\"" + text + "\"";
  }

  private static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return zipped.toByteArray();
  }
}
