package dev.payledger.kit.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.payledger.kit.problem.ProblemException;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageCursorsTest {
  private static final String LIST = "entries of a11ce000-0000-7000-8000-000000000978";

  private final PageCursors cursors = new PageCursors("a-secret-of-at-least-thirty-two-bytes");

  @ParameterizedTest
  @ValueSource(strings = {"0", "42", "9223372036854775807", "grüße"})
  void cursorOpensToItsPosition(String position) {
    assertThat(cursors.open(LIST, cursors.seal(LIST, position))).isEqualTo(position);
  }

  @Test
  void cursorIsNotValidForAnotherList() {
    assertForged("entries of b0b00000-0000-7000-8000-000000000978", cursors.seal(LIST, "42"));
    assertForged(LIST + "4", cursors.seal(LIST, "2"));
  }

  @Test
  void cursorIsBoundToItsFilters() {
    String list = PageCursors.list("transfers", "a", null);
    String cursor = cursors.seal(list, "42");
    assertThat(cursors.open(PageCursors.list("transfers", "a", null), cursor)).isEqualTo("42");
    assertForged(PageCursors.list("transfers"), cursor);
    assertForged(PageCursors.list("transfers", null, "a"), cursor);
    assertForged(PageCursors.list("transfers", "a", ""), cursor);
    assertForged(PageCursors.list("transfers", "a\u00A0", null), cursor);
  }

  @Test
  void cursorOfAnotherKeyIsForged() {
    assertForged(LIST, new PageCursors("another-secret-of-at-least-32-bytes").seal(LIST, "42"));
  }

  @Test
  void everyChangedBitIsForged() {
    byte[] sealed = Base64.getUrlDecoder().decode(cursors.seal(LIST, "42"));
    for (int bit = 0; bit < sealed.length * 8; bit++) {
      byte[] edited = sealed.clone();
      edited[bit / 8] ^= (byte) (1 << (bit % 8));
      assertForged(LIST, Base64.getUrlEncoder().withoutPadding().encodeToString(edited));
      assertForged(LIST, Base64.getUrlEncoder().encodeToString(edited));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "7",
        "42",
        "!",
        "=",
        "AAAA",
        "not base64!",
        "../../etc/passwd",
        "AAAAAAAAAAAAAAAAAAAAAA",
        "AAAAAAAAAAAAAAAAAAAAAAAA"
      })
  void anyOtherTextIsForged(String text) {
    assertForged(LIST, text);
  }

  @Test
  void rejectsShortKey() {
    assertThatThrownBy(() -> new PageCursors("a-secret-of-at-least-16-bytes"))
        .hasMessageContaining("32 bytes")
        .hasMessageNotContaining("secret-of");
  }

  private void assertForged(String list, String cursor) {
    assertThatThrownBy(() -> cursors.open(list, cursor))
        .as(cursor)
        .isInstanceOf(ProblemException.class)
        .hasMessage("invalid-request");
  }
}
