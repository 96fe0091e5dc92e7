package dev.payledger.gateway.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;

class KeyHeaderTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "abc | abc",
        "\"abc\" | abc",
        "\"with blank, comma; and more\" | with blank, comma; and more",
        "\"say \\\"hi\\\"\" | say \"hi\"",
        "\"back\\\\slash\" | back\\slash",
        "8e03978e-40d5-43e8-bc93-6894a57f9324 | 8e03978e-40d5-43e8-bc93-6894a57f9324",
        "c2FsdA== | c2FsdA==",
      })
  void aKeyIsReadAsItWasMeant(String header, String key) {
    assertThat(KeyHeader.parse(header)).isEqualTo(new KeyHeader.Given(new IdempotencyKey(key)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\"\"",
        "\"",
        "\"abc",
        "abc\"",
        "\"abc\"x",
        "\"abc\";a=1",
        "\"a\", \"b\"",
        "a, b",
        "a b",
        "a;b",
        "a\\b",
        "\"a\\nb\"",
        "\"ends with escape\\\"",
        "schl\u00fcssel",
        "\"schl\u00fcssel\"",
        "a\u0000b",
        "\"a\tb\"",
      })
  void whatIsNoKeyIsRefused(String header) {
    assertThat(KeyHeader.parse(header)).isInstanceOf(KeyHeader.Malformed.class);
  }

  @Test
  void aKeyHasAtMost255CharactersCountedWithoutQuotesAndEscapes() {
    String longest = "k".repeat(253) + "\\\"\\\\";
    assertThat(KeyHeader.parse('"' + longest + '"')).isInstanceOf(KeyHeader.Given.class);
    assertThat(KeyHeader.parse('"' + longest + "k\"")).isInstanceOf(KeyHeader.Malformed.class);
    assertThat(KeyHeader.parse("k".repeat(255))).isInstanceOf(KeyHeader.Given.class);
    assertThat(KeyHeader.parse("k".repeat(256))).isInstanceOf(KeyHeader.Malformed.class);
  }

  @Test
  void noHeaderIsMissingAndTwoAreMalformed() {
    MockHttpServletRequest request = new MockHttpServletRequest();
    assertThat(KeyHeader.of(request)).isInstanceOf(KeyHeader.Missing.class);
    request.addHeader("idempotency-key", "a");
    assertThat(KeyHeader.of(request)).isEqualTo(new KeyHeader.Given(new IdempotencyKey("a")));
    request.addHeader("Idempotency-Key", "a");
    assertThat(KeyHeader.of(request)).isInstanceOf(KeyHeader.Malformed.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Idempotency-Key",
        "Idempotency_Key",
        "IdempotencyKey",
        "x-idempotencykey",
        "X_IDEMPOTENCY_KEY"
      })
  void aLookAlikeIsRefusedEvenNextToTheRealOne(String name) {
    MockHttpServletRequest request = new MockHttpServletRequest();
    request.addHeader(name, "a");
    assertThat(KeyHeader.of(request)).isInstanceOf(KeyHeader.Malformed.class);
    request.addHeader("Idempotency-Key", "a");
    assertThat(KeyHeader.of(request)).isInstanceOf(KeyHeader.Malformed.class);
  }
}
