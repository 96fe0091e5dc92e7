package dev.payledger.gateway.shape;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BodyShapeTest {
  private static final String ALICE = "a11ce000-0000-7000-8000-000000000978";
  private static final String BOB = "b0b00000-0000-7000-8000-000000000978";

  private static String transfer(String amount, String more) {
    return "{\"debitAccountId\":\"%s\",\"creditAccountId\":\"%s\",\"amountMinor\":%s,\"currency\":\"EUR\"%s}"
        .formatted(ALICE, BOB, amount, more);
  }

  private static ShapeOutcome check(String json) {
    return BodyShape.TRANSFER.check(json.getBytes(StandardCharsets.UTF_8));
  }

  private static void assertFits(String json) {
    assertThat(check(json)).as(json).isInstanceOf(ShapeOutcome.Fits.class);
  }

  private static String refusal(String json) {
    assertThat(check(json)).as(json).isInstanceOf(ShapeOutcome.Refused.class);
    return ((ShapeOutcome.Refused) check(json)).detail();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "1000", "9007199254740991"})
  void anAmountIsAnIntegerOfMinorUnits(String amount) {
    assertFits(transfer(amount, ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-0",
        "-5",
        "1.5",
        "1.0",
        "1e2",
        "1E2",
        "\"10\"",
        "9007199254740992",
        "9223372036854775808",
        "123456789012345678901234567890",
        "1e400",
        "true",
        "null",
        "[]",
        "{}",
        "[1]"
      })
  void anyOtherAmountIsRefusedByName(String amount) {
    assertThat(refusal(transfer(amount, ""))).contains("amountMinor");
  }

  @ParameterizedTest
  @ValueSource(strings = {"NaN", "Infinity", "0x10", "01", "+1", "1_000", "", "'1'", "1,", ".5"})
  void whatIsNoJsonIsRefused(String amount) {
    refusal(transfer(amount, ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"eur", "EU", "EURO", "EU1", "", "\u0395UR"})
  void aCurrencyHasThreeUpperCaseLetters(String currency) {
    assertThat(refusal(transfer("1", "").replace("EUR", currency))).contains("currency");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "",
        "a11ce00000007000800000000000978",
        "{a11ce000-0000-7000-8000-000000000978}"
      })
  void anIdIsAUuid(String id) {
    assertThat(refusal(transfer("1", "").replace(ALICE, id))).contains("debitAccountId");
    assertThat(refusal(transfer("1", "").replace(BOB, id))).contains("creditAccountId");
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "1", "true", "[]", "{}"})
  void anIdIsAString(String value) {
    assertThat(refusal(transfer("1", "").replace('"' + ALICE + '"', value)))
        .contains("debitAccountId");
  }

  @ParameterizedTest
  @ValueSource(strings = {"debitAccountId", "creditAccountId", "amountMinor", "currency"})
  void aMissingFieldIsNamed(String field) {
    String body = transfer("1", "");
    String without =
        body.replaceAll("\"%s\":(\"[^\"]*\"|1),?".formatted(field), "").replace(",}", "}");
    assertThat(refusal(without)).contains(field).contains("missing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"status", "owner", "id", "AmountMinor", "amountMinor ", "balanceMinor"})
  void anUnknownFieldIsNamed(String field) {
    assertThat(refusal(transfer("1", ",\"%s\":1".formatted(field))))
        .contains("Unknown field")
        .contains(field);
  }

  @Test
  void anUnknownFieldIsQuotedWithoutControlCharacters() {
    assertThat(refusal(transfer("1", ",\"evil\\nline\":1"))).contains("evil?line");
  }

  @Test
  void duplicateNamesAreRefusedAtEveryDepth() {
    refusal(transfer("1", ",\"amountMinor\":1000"));
    refusal(transfer("1", ",\"metadata\":{\"a\":\"1\",\"a\":\"2\"}"));
    refusal(transfer("1", ",\"metadata\":{\"a\":\"1\",\"\\u0061\":\"2\"}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "[]", "null", "1", "\"x\"", "{", "{}{}", "{} x", "{} // c", "/**/{}"})
  void aBodyIsOneObjectAndNothingBehindIt(String body) {
    refusal(body);
  }

  @Test
  void trailingTokensAndCommentsAreRefused() {
    refusal(transfer("1", "") + "1");
    refusal(transfer("1", "") + transfer("1", ""));
    refusal(transfer("1", "") + "//");
    refusal(transfer("1", "").replace('"', '\''));
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32"})
  void onlyUtf8IsRead(String charset) {
    assertThat(BodyShape.TRANSFER.check(transfer("1", "").getBytes(Charset.forName(charset))))
        .isInstanceOf(ShapeOutcome.Refused.class);
  }

  @Test
  void byteOrderMarksAndBrokenUtf8AreRefused() {
    refusal("\uFEFF" + transfer("1", ""));
    byte[] body = transfer("1", ",\"reference\":\"x\"").getBytes(StandardCharsets.UTF_8);
    body[body.length - 3] = (byte) 0xC0;
    assertThat(BodyShape.TRANSFER.check(body)).isInstanceOf(ShapeOutcome.Refused.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rent",
        "\u00fcber \u20ac \u0645\u0631\u062d\u0628\u0627",
        "\uD83D\uDE00",
        "${jndi:ldap://x}",
        "'; DROP TABLE"
      })
  void aReferenceIsAnyPrintableText(String reference) {
    assertFits(transfer("1", ",\"reference\":\"%s\"".formatted(reference)));
  }

  @ParameterizedTest
  @CsvSource({
    "NUL, \\u0000",
    "new line, a\\nb",
    "escape, \\u001b[31m",
    "delete, \\u007f",
    "C1 control, \\u0085",
    "high surrogate, \\ud83d",
    "low surrogate, \\ude00x",
    "swapped surrogates, \\ude00\\ud83d",
  })
  void aReferenceHasNoCharacterThatBreaksStoresOrLogs(String what, String escaped) {
    assertThat(refusal(transfer("1", ",\"reference\":\"" + escaped + "\"")))
        .as(what)
        .contains("reference");
  }

  @Test
  void aReferenceHas140CharactersCountedAsCodePoints() {
    assertFits(transfer("1", ",\"reference\":\"%s\"".formatted("\uD83D\uDE00".repeat(140))));
    assertThat(refusal(transfer("1", ",\"reference\":\"%s\"".formatted("x".repeat(141)))))
        .contains("140");
    assertFits(transfer("1", ",\"reference\":\"\""));
    assertThat(refusal(transfer("1", ",\"reference\":null"))).contains("reference");
  }

  @Test
  void metadataIsAFlatMapOfAFewShortStrings() {
    assertFits(transfer("1", ",\"metadata\":{}"));
    assertFits(transfer("1", ",\"metadata\":" + entries(20)));
    for (String refused :
        new String[] {
          entries(21),
          "{\"a\":1}",
          "{\"a\":null}",
          "{\"a\":{\"b\":\"c\"}}",
          "{\"a\":[\"b\"]}",
          "{\"\":\"a\"}",
          "{\"a\\u0000\":\"b\"}",
          "{\"a\":\"b\\u0000\"}",
          "{\"a\":\"\\ud800\"}",
          "{\"a\":\"" + "x".repeat(201) + "\"}",
          "{\"" + "n".repeat(41) + "\":\"x\"}",
          "[]",
          "\"x\"",
          "null"
        }) {
      assertThat(refusal(transfer("1", ",\"metadata\":" + refused))).contains("metadata");
    }
  }

  @Test
  void deepNestingIsRefusedQuickly() {
    refusal(transfer("1", ",\"metadata\":" + "[".repeat(7_000) + "]".repeat(7_000)));
  }

  @Test
  void anAccountHasNameAndCurrencyAndForOperatorsAnOwner() {
    assertThat(account("{\"name\":\"Savings\",\"currency\":\"EUR\"}"))
        .isInstanceOf(ShapeOutcome.Fits.class);
    assertThat(account("{\"name\":\"Savings\",\"currency\":\"EUR\",\"owner\":\"bob\"}"))
        .isInstanceOf(ShapeOutcome.Fits.class);
    assertThat(account("{\"currency\":\"EUR\"}")).isInstanceOf(ShapeOutcome.Refused.class);
    for (String refused :
        new String[] {
          "\"name\":\"\"",
          "\"name\":\" \"",
          "\"name\":\"a\\nb\"",
          "\"name\":\"" + "x".repeat(81) + '"',
          "\"name\":\"S\",\"owner\":\"Bob\"",
          "\"name\":\"S\",\"owner\":\"\""
        }) {
      assertThat(account("{" + refused + ",\"currency\":\"EUR\"}"))
          .as(refused)
          .isInstanceOf(ShapeOutcome.Refused.class);
    }
    assertThat(account("{\"name\":\"S\",\"currency\":\"EUR\",\"balanceMinor\":1}"))
        .isInstanceOf(ShapeOutcome.Refused.class);
  }

  @Test
  void aCommandWithoutBodyFitsWhereNoneIsNeeded() {
    for (BodyShape shape : List.of(BodyShape.NONE, BodyShape.FREEZE)) {
      assertThat(shape.check(new byte[0])).isEqualTo(new ShapeOutcome.Fits(""));
      assertThat(check(shape, "{}")).isInstanceOf(ShapeOutcome.Fits.class);
      assertThat(check(shape, "[]")).isInstanceOf(ShapeOutcome.Refused.class);
      assertThat(check(shape, "{\"sides\":\"DEBITS\"}")).isInstanceOf(ShapeOutcome.Refused.class);
    }
    assertThat(BodyShape.TRANSFER.check(new byte[0])).isInstanceOf(ShapeOutcome.Refused.class);
    assertThat(BodyShape.OVERDRAFT.check(new byte[0])).isInstanceOf(ShapeOutcome.Refused.class);
  }

  @Test
  void aFreezeNamesASideAndAnOverdraftALimit() {
    for (String side : List.of("DEBITS", "CREDITS", "BOTH")) {
      assertThat(check(BodyShape.FREEZE, "{\"side\":\"" + side + "\"}"))
          .isInstanceOf(ShapeOutcome.Fits.class);
    }
    for (String none : List.of("\"debits\"", "1", "null", "\"\"")) {
      assertThat(check(BodyShape.FREEZE, "{\"side\":" + none + "}"))
          .isInstanceOf(ShapeOutcome.Refused.class);
    }
    for (String limit : List.of("0", "1", "9007199254740991")) {
      assertThat(check(BodyShape.OVERDRAFT, "{\"limitMinor\":" + limit + "}"))
          .isInstanceOf(ShapeOutcome.Fits.class);
    }
    for (String none : List.of("-1", "1.0", "\"1\"", "9007199254740992", "null")) {
      assertThat(check(BodyShape.OVERDRAFT, "{\"limitMinor\":" + none + "}"))
          .isInstanceOf(ShapeOutcome.Refused.class);
    }
    assertThat(check(BodyShape.OVERDRAFT, "{}")).isInstanceOf(ShapeOutcome.Refused.class);
  }

  @Test
  void aReversalMayNameAnAmountAndNothingThatItsOriginalSays() {
    assertThat(check(BodyShape.REVERSAL, "{}")).isInstanceOf(ShapeOutcome.Fits.class);
    assertThat(check(BodyShape.REVERSAL, "{\"amountMinor\":1,\"reference\":\"x\"}"))
        .isInstanceOf(ShapeOutcome.Fits.class);
    assertThat(check(BodyShape.REVERSAL, "{\"amountMinor\":0}"))
        .isInstanceOf(ShapeOutcome.Refused.class);
    assertThat(check(BodyShape.REVERSAL, "{\"currency\":\"EUR\"}"))
        .isInstanceOf(ShapeOutcome.Refused.class);
    assertThat(BodyShape.REVERSAL.check(new byte[0])).isInstanceOf(ShapeOutcome.Refused.class);
  }

  private static ShapeOutcome check(BodyShape shape, String json) {
    return shape.check(json.getBytes(StandardCharsets.UTF_8));
  }

  private static ShapeOutcome account(String json) {
    return BodyShape.ACCOUNT.check(json.getBytes(StandardCharsets.UTF_8));
  }

  private static String entries(int count) {
    return IntStream.range(0, count)
        .mapToObj(entry -> "\"k%d\":\"v\"".formatted(entry))
        .collect(Collectors.joining(",", "{", "}"));
  }
}
