package dev.payledger.gateway.schema;

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

class BodySchemaTest {
  private static final String ALICE = "a11ce000-0000-7000-8000-000000000978";
  private static final String BOB = "b0b00000-0000-7000-8000-000000000978";

  private static String transfer(String amount, String more) {
    return "{\"debitAccountId\":\"%s\",\"creditAccountId\":\"%s\",\"amountMinor\":%s,\"currency\":\"EUR\"%s}"
        .formatted(ALICE, BOB, amount, more);
  }

  private static ValidationResult check(String json) {
    return BodySchema.TRANSFER.check(json.getBytes(StandardCharsets.UTF_8));
  }

  private static void assertFits(String json) {
    assertThat(check(json)).as(json).isInstanceOf(ValidationResult.Valid.class);
  }

  private static String refusal(String json) {
    assertThat(check(json)).as(json).isInstanceOf(ValidationResult.Invalid.class);
    return ((ValidationResult.Invalid) check(json)).detail();
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
    assertThat(BodySchema.TRANSFER.check(transfer("1", "").getBytes(Charset.forName(charset))))
        .isInstanceOf(ValidationResult.Invalid.class);
  }

  @Test
  void byteOrderMarksAndBrokenUtf8AreRefused() {
    refusal("\uFEFF" + transfer("1", ""));
    byte[] body = transfer("1", ",\"reference\":\"x\"").getBytes(StandardCharsets.UTF_8);
    body[body.length - 3] = (byte) 0xC0;
    assertThat(BodySchema.TRANSFER.check(body)).isInstanceOf(ValidationResult.Invalid.class);
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
        .isInstanceOf(ValidationResult.Valid.class);
    assertThat(account("{\"name\":\"Savings\",\"currency\":\"EUR\",\"owner\":\"bob\"}"))
        .isInstanceOf(ValidationResult.Valid.class);
    assertThat(account("{\"currency\":\"EUR\"}")).isInstanceOf(ValidationResult.Invalid.class);
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
          .isInstanceOf(ValidationResult.Invalid.class);
    }
    assertThat(account("{\"name\":\"S\",\"currency\":\"EUR\",\"balanceMinor\":1}"))
        .isInstanceOf(ValidationResult.Invalid.class);
  }

  @Test
  void aCommandWithoutBodyFitsWhereNoneIsNeeded() {
    for (BodySchema schema : List.of(BodySchema.NONE, BodySchema.FREEZE)) {
      assertThat(schema.check(new byte[0])).isEqualTo(new ValidationResult.Valid("", 1));
      assertThat(check(schema, "{}")).isInstanceOf(ValidationResult.Valid.class);
      assertThat(check(schema, "[]")).isInstanceOf(ValidationResult.Invalid.class);
      assertThat(check(schema, "{\"sides\":\"DEBITS\"}"))
          .isInstanceOf(ValidationResult.Invalid.class);
    }
    assertThat(BodySchema.TRANSFER.check(new byte[0])).isInstanceOf(ValidationResult.Invalid.class);
    assertThat(BodySchema.OVERDRAFT.check(new byte[0]))
        .isInstanceOf(ValidationResult.Invalid.class);
  }

  @Test
  void aFreezeNamesASideAndAnOverdraftALimit() {
    for (String side : List.of("DEBITS", "CREDITS", "BOTH")) {
      assertThat(check(BodySchema.FREEZE, "{\"side\":\"" + side + "\"}"))
          .isInstanceOf(ValidationResult.Valid.class);
    }
    for (String none : List.of("\"debits\"", "1", "null", "\"\"")) {
      assertThat(check(BodySchema.FREEZE, "{\"side\":" + none + "}"))
          .isInstanceOf(ValidationResult.Invalid.class);
    }
    for (String limit : List.of("0", "1", "9007199254740991")) {
      assertThat(check(BodySchema.OVERDRAFT, "{\"limitMinor\":" + limit + "}"))
          .isInstanceOf(ValidationResult.Valid.class);
    }
    for (String none : List.of("-1", "1.0", "\"1\"", "9007199254740992", "null")) {
      assertThat(check(BodySchema.OVERDRAFT, "{\"limitMinor\":" + none + "}"))
          .isInstanceOf(ValidationResult.Invalid.class);
    }
    assertThat(check(BodySchema.OVERDRAFT, "{}")).isInstanceOf(ValidationResult.Invalid.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\u00A0", "\uFEFF", "\u2007\u3000", "\u2028"})
  void blankNameIsRefused(String name) {
    String account = "{\"name\":\"%s\",\"currency\":\"EUR\"}";
    assertThat(check(BodySchema.ACCOUNT, account.formatted(name)))
        .isInstanceOf(ValidationResult.Invalid.class);
    assertThat(check(BodySchema.ACCOUNT, account.formatted(name + "x")))
        .isInstanceOf(ValidationResult.Valid.class);
  }

  @Test
  void aReversalMayNameAnAmountAndNothingThatItsOriginalSays() {
    assertThat(check(BodySchema.REVERSAL, "{}")).isInstanceOf(ValidationResult.Valid.class);
    assertThat(check(BodySchema.REVERSAL, "{\"amountMinor\":1,\"reference\":\"x\"}"))
        .isInstanceOf(ValidationResult.Valid.class);
    assertThat(check(BodySchema.REVERSAL, "{\"amountMinor\":0}"))
        .isInstanceOf(ValidationResult.Invalid.class);
    assertThat(
            check(BodySchema.REVERSAL, "{\"legs\":[{\"leg\":2},{\"leg\":50,\"amountMinor\":1}]}"))
        .isInstanceOf(ValidationResult.Valid.class);
    for (String legs :
        List.of(
            "[]",
            "[{}]",
            "[{\"leg\":0}]",
            "[{\"leg\":51}]",
            "[{\"leg\":1.0}]",
            "[{\"leg\":1},{\"leg\":1}]",
            "[{\"leg\":1}],\"amountMinor\":1")) {
      assertThat(check(BodySchema.REVERSAL, "{\"legs\":" + legs + "}"))
          .as(legs)
          .isInstanceOf(ValidationResult.Invalid.class);
    }
    assertThat(check(BodySchema.REVERSAL, "{\"currency\":\"EUR\"}"))
        .isInstanceOf(ValidationResult.Invalid.class);
    assertThat(BodySchema.REVERSAL.check(new byte[0])).isInstanceOf(ValidationResult.Invalid.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'legs':[LEG]",
        "'legs':[LEG,LEG],'reference':'x','metadata':{'a':'b'}",
        "'legs':[LEG],'capture':'AUTOMATIC'",
        "'legs':[{'creditAccountId':'BOB','amountMinor':9007199254740991,'debitAccountId':'ALICE'}]",
      })
  void aTransferMayHaveLegsInsteadOfItsTwoAccounts(String members) {
    assertFits(legs(members));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'legs':[] | Field 'legs' must be a list of 1 to 50 items.",
        "'legs':{} | Field 'legs' must be a list of 1 to 50 items.",
        "'legs':null | Field 'legs' must be a list of 1 to 50 items.",
        "'legs':[LEG,null] | Field 'legs[1]' must be an object.",
        "'legs':[LEG,[]] | Field 'legs[1]' must be an object.",
        "'legs':[LEG,{}] | Field 'legs[1].amountMinor' is missing.",
        "'legs':[{'debitAccountId':'ALICE','amountMinor':1}] | Field 'legs[0].creditAccountId' is missing.",
        "'legs':[LEG,LEG,LEG,{'amountMinor':0}] | Field 'legs[3].amountMinor' must be an integer",
        "'legs':[{'amountMinor':1.0}] | Field 'legs[0].amountMinor' must be an integer",
        "'legs':[{'debitAccountId':'x'}] | Field 'legs[0].debitAccountId' must be a UUID.",
        "'legs':[LEG,{'currency':'EUR'}] | Unknown field 'legs[1].currency'.",
        "'legs':[{'a\\n':1}] | Unknown field 'legs[0].a?'.",
        "'legs':[LEG],'amountMinor':1 | Field 'amountMinor' cannot stand beside 'legs'",
        "'legs':[LEG],'debitAccountId':'ALICE' | Field 'debitAccountId' cannot stand beside 'legs'",
        "'legs':[LEG],'creditAccountId':'BOB' | Field 'creditAccountId' cannot stand beside 'legs'",
        "'legs':[LEG],'capture':'MANUAL' | Field 'capture' cannot be MANUAL beside 'legs'.",
        "'reference':'x' | Field 'amountMinor' is missing: a transfer has",
        "'debitAccountId':'ALICE','amountMinor':1 | Field 'creditAccountId' is missing: a transfer has",
      })
  void whatIsWrongWithLegsIsSaidWithItsPlace(String members, String detail) {
    assertThat(refusal(legs(members))).startsWith(detail);
    assertThat(batchRefusal(plain() + "," + legs(members)))
        .startsWith(detail.replaceFirst("ield '", "ield 'items[1]."));
  }

  @Test
  void aTransferHasAtMost50Legs() {
    assertFits(legs("'legs':[" + "LEG,".repeat(49) + "LEG]"));
    assertThat(refusal(legs("'legs':[" + "LEG,".repeat(50) + "LEG]"))).contains("1 to 50");
  }

  @Test
  void legsSumUpToNoMoreThanAnAmount() {
    String large = "{'debitAccountId':'ALICE','creditAccountId':'BOB','amountMinor':%d}";
    String most = large.formatted((1L << 53) - 2);
    assertFits(legs("'legs':[" + most + "," + large.formatted(1) + "]"));
    assertThat(refusal(legs("'legs':[" + most + "," + large.formatted(2) + "]")))
        .isEqualTo("Field 'legs' must sum up to at most 9007199254740991 minor units.");
    assertThat(refusal(legs("'legs':[" + (most + ",").repeat(49) + most + "]"))).contains("sum");
    assertThat(batchRefusal(legs("'legs':[" + most + "," + most + "]")))
        .startsWith("Field 'items[0].legs' must sum up");
  }

  @ParameterizedTest
  @ValueSource(strings = {"AUTOMATIC", "MANUAL"})
  void aTransferSaysHowItIsCaptured(String capture) {
    assertFits(transfer("1", ",\"capture\":\"%s\"".formatted(capture)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"manual\"", "\"\"", "true", "null", "[]"})
  void anyOtherCaptureIsRefused(String capture) {
    assertThat(refusal(transfer("1", ",\"capture\":" + capture)))
        .isEqualTo("Field 'capture' must be AUTOMATIC or MANUAL.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{} | Field 'items' is missing.",
        "{'items':[]} | Field 'items' must be a list of 1 to 100 items.",
        "{'items':{}} | Field 'items' must be a list of 1 to 100 items.",
        "{'items':[1]} | Field 'items[0]' must be an object.",
        "{'items':[{}]} | Field 'items[0].currency' is missing.",
        "{'items':[{'items':[]}]} | Unknown field 'items[0].items'.",
        "{'items':[],'currency':'EUR'} | Field 'items' must be a list",
        "{'transfers':[]} | Unknown field 'transfers'.",
      })
  void aBatchIsRefusedForItsFirstFault(String body, String detail) {
    assertThat(refusal(BodySchema.TRANSFER_BATCH, body.replace('\'', '"'))).startsWith(detail);
  }

  @Test
  void aBatchHasUpTo100ItemsEachLikeATransfer() {
    assertThat(check(BodySchema.TRANSFER_BATCH, batch((plain() + ",").repeat(99) + plain())))
        .isInstanceOf(ValidationResult.Valid.class);
    assertThat(batchRefusal((plain() + ",").repeat(100) + plain())).contains("1 to 100");
    assertThat(
            batchRefusal(
                (plain() + ",").repeat(7)
                    + legs(
                        "'legs':[{'debitAccountId':1,'creditAccountId':'BOB','amountMinor':1}]")))
        .isEqualTo("Field 'items[7].legs[0].debitAccountId' must be a UUID.");
    assertThat(batchRefusal(plain() + "," + transfer("0", "")))
        .startsWith("Field 'items[1].amountMinor' must be an integer");
    assertThat(batchRefusal(transfer("1", ",\"amountMinor\":1"))).contains("there twice");
  }

  @Test
  void aBatchOf100ItemsWith50LegsEachIsNotTooLarge() {
    String item =
        legs(
            "'legs':["
                + "{'debitAccountId':'ALICE','creditAccountId':'BOB','amountMinor':100000000000000},"
                    .repeat(49)
                + "LEG],'reference':'"
                + "x".repeat(140)
                + "'");
    String largest = batch((item + ",").repeat(99) + item);
    assertThat(check(BodySchema.TRANSFER_BATCH, largest))
        .isInstanceOf(ValidationResult.Valid.class);
    assertThat(largest.length()).isLessThan(BodySchema.TRANSFER_BATCH.bytesMax());
  }

  @Test
  void aCaptureMayNameAnAmountAndWhetherItIsTheLast() {
    assertThat(BodySchema.CAPTURE.check(new byte[0])).isEqualTo(new ValidationResult.Valid("", 1));
    for (String fits :
        List.of("{}", "{'amountMinor':1}", "{'final':true}", "{'amountMinor':1,'final':false}")) {
      assertThat(check(BodySchema.CAPTURE, fits.replace('\'', '"')))
          .as(fits)
          .isInstanceOf(ValidationResult.Valid.class);
    }
    for (String refused :
        List.of("{'amountMinor':0}", "{'final':'true'}", "{'final':null}", "{'currency':'EUR'}")) {
      refusal(BodySchema.CAPTURE, refused.replace('\'', '"'));
    }
  }

  @Test
  void theCanonicalFormKeepsTheOrderOfLegsAndNothingElse() {
    String one =
        legs("'legs':[LEG,{'debitAccountId':'BOB','creditAccountId':'ALICE','amountMinor':2}]");
    String spelledOtherwise =
        legs("'legs':[ LEG, {'amountMinor':2, 'creditAccountId':'ALICE','debitAccountId':'BOB'}]");
    String swapped =
        legs("'legs':[{'debitAccountId':'BOB','creditAccountId':'ALICE','amountMinor':2},LEG]");
    assertThat(check(spelledOtherwise)).isEqualTo(check(one));
    assertThat(check(swapped)).isNotEqualTo(check(one)).isInstanceOf(ValidationResult.Valid.class);
  }

  /// A transfer with these members and a currency; quotes, accounts and a whole leg in short.
  private static String legs(String members) {
    return "{%s,'currency':'EUR'}"
        .formatted(
            members.replace(
                "LEG", "{'debitAccountId':'ALICE','creditAccountId':'BOB','amountMinor':1}"))
        .replace("ALICE", ALICE)
        .replace("BOB", BOB)
        .replace('\'', '"');
  }

  private static String plain() {
    return transfer("1", "");
  }

  private static String batch(String items) {
    return "{\"items\":[" + items + "]}";
  }

  private static String batchRefusal(String items) {
    return refusal(BodySchema.TRANSFER_BATCH, batch(items));
  }

  @Test
  void aTransferCostsByItsLegsAndABatchByItsTransfers() {
    String leg = plain();
    assertThat(cost(BodySchema.TRANSFER, leg)).isEqualTo(1);
    assertThat(cost(BodySchema.TRANSFER, manyLegs(1))).isEqualTo(1);
    assertThat(cost(BodySchema.TRANSFER, manyLegs(10))).isEqualTo(1);
    assertThat(cost(BodySchema.TRANSFER, manyLegs(11))).isEqualTo(2);
    assertThat(cost(BodySchema.TRANSFER, manyLegs(50))).isEqualTo(5);
    assertThat(cost(BodySchema.TRANSFER_BATCH, batch(leg))).isEqualTo(1);
    assertThat(cost(BodySchema.TRANSFER_BATCH, batch((leg + ",").repeat(99) + leg))).isEqualTo(100);
    assertThat(cost(BodySchema.TRANSFER_BATCH, batch(leg + "," + manyLegs(50)))).isEqualTo(6);
    assertThat(cost(BodySchema.FREEZE, "{}")).isEqualTo(1);
  }

  private static String manyLegs(int count) {
    return legs("'legs':[" + "LEG,".repeat(count - 1) + "LEG]");
  }

  private static int cost(BodySchema schema, String json) {
    assertThat(check(schema, json)).as(json).isInstanceOf(ValidationResult.Valid.class);
    return ((ValidationResult.Valid) check(schema, json)).cost();
  }

  private static String refusal(BodySchema schema, String json) {
    assertThat(check(schema, json)).as(json).isInstanceOf(ValidationResult.Invalid.class);
    return ((ValidationResult.Invalid) check(schema, json)).detail();
  }

  private static ValidationResult check(BodySchema schema, String json) {
    return schema.check(json.getBytes(StandardCharsets.UTF_8));
  }

  private static ValidationResult account(String json) {
    return BodySchema.ACCOUNT.check(json.getBytes(StandardCharsets.UTF_8));
  }

  private static String entries(int count) {
    return IntStream.range(0, count)
        .mapToObj(entry -> "\"k%d\":\"v\"".formatted(entry))
        .collect(Collectors.joining(",", "{", "}"));
  }
}
