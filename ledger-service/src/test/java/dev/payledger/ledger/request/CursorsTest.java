package dev.payledger.ledger.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.payledger.kit.problem.ProblemException;
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CursorsTest {
  private static final String LIST = "entries of a11ce000-0000-7000-8000-000000000978";

  private final Cursors cursors = cursors("a-key-that-is-long-enough");

  @Test
  void aCursorOpensToThePositionItWasSealedWith() {
    assertThat(cursors.open(LIST, cursors.seal(LIST, "42"))).isEqualTo("42");
    assertThat(cursors.open(LIST, cursors.seal(LIST, "grüße"))).isEqualTo("grüße");
  }

  @Test
  void aCursorIsWorthNothingForAnotherList() {
    assertRefused("entries of b0b00000-0000-7000-8000-000000000978", cursors.seal(LIST, "42"));
    assertRefused(LIST + "4", cursors.seal(LIST, "2"));
  }

  @Test
  void cursorIsBoundToItsFilters() {
    String list = Cursors.list("transfers", "a", null);
    String cursor = cursors.seal(list, "42");
    assertThat(cursors.open(Cursors.list("transfers", "a", null), cursor)).isEqualTo("42");
    assertRefused(Cursors.list("transfers"), cursor);
    assertRefused(Cursors.list("transfers", null, "a"), cursor);
    assertRefused(Cursors.list("transfers", "a", ""), cursor);
    assertRefused(Cursors.list("transfers", "a\u00A0", null), cursor);
  }

  @Test
  void aCursorOfAnotherKeyIsRefused() {
    assertRefused(LIST, cursors("another-key-of-good-length").seal(LIST, "42"));
  }

  @Test
  void changingAnyOneBitBreaksTheSeal() {
    byte[] sealed = Base64.getUrlDecoder().decode(cursors.seal(LIST, "42"));
    for (int bit = 0; bit < sealed.length * 8; bit++) {
      byte[] edited = sealed.clone();
      edited[bit / 8] ^= (byte) (1 << (bit % 8));
      assertRefused(LIST, Base64.getUrlEncoder().withoutPadding().encodeToString(edited));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "42", "!", "AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAAA"})
  void whatThisListDidNotGiveOutIsABadRequest(String cursor) {
    assertRefused(LIST, cursor);
  }

  private void assertRefused(String list, String cursor) {
    ProblemException problem =
        catchThrowableOfType(ProblemException.class, () -> cursors.open(list, cursor));
    assertThat(problem).as(cursor).isNotNull();
    assertThat(problem.getMessage()).isEqualTo("invalid-request");
  }

  private static Cursors cursors(String key) {
    return new Cursors(
        new RequestProperties(
            "http://issuer.test",
            URI.create("http://issuer.test/jwks"),
            Duration.ofMinutes(5),
            Duration.ofHours(1),
            "payledger",
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            key,
            1));
  }
}
