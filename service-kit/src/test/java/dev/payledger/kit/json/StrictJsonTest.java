package dev.payledger.kit.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.bind.WebDataBinder;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

class StrictJsonTest {
  private static final UUID ID = UUID.fromString("4bf92f35-77b3-4da6-a3ce-929d0e0e4736");

  enum Colour {
    RED
  }

  record Body(UUID id, int number, String text, Colour colour, Instant at) {}

  private final JsonMapper.Builder builder = JsonMapper.builder();

  @BeforeEach
  void customize() {
    new StrictJson().customize(builder);
  }

  @Test
  void readsExactBody() {
    assertThat(read("{\"id\":\"%s\",\"number\":1,\"text\":\"x\",\"colour\":\"RED\"}".formatted(ID)))
        .isEqualTo(new Body(ID, 1, "x", Colour.RED, null));
    assertThat(read("{\"id\":\"4BF92F35-77B3-4DA6-A3CE-929D0E0E4736\",\"number\":1}").id())
        .isEqualTo(ID);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"number\":1,\"number\":1}",
        "{\"number\":1,\"other\":1}",
        "{\"number\":1} {}",
        "{\"number\":null}",
        "{\"number\":1.0}",
        "{\"number\":\"1\"}",
        "{\"number\":true}",
        "{\"number\":1,\"text\":1}",
        "{\"number\":1,\"text\":1.5}",
        "{\"number\":1,\"text\":true}",
        "{\"number\":1,\"colour\":0}",
        "{\"number\":1,\"id\":\"1-1-1-1-1\"}",
        "{\"number\":1,\"id\":\"S_kvNXezTaajzpKdDg5HNg==\"}",
        "{\"number\":1,\"id\":1}",
        "{\"number\":1,\"id\":[]}"
      })
  void guessesNothing(String body) {
    assertThatExceptionOfType(JacksonException.class).isThrownBy(() -> read(body));
  }

  @Test
  void instantsHaveSixDigits() {
    assertThat(builder.build().writeValueAsString(Instant.parse("2026-11-23T10:00:00Z")))
        .isEqualTo("\"2026-11-23T10:00:00.000000Z\"");
  }

  @Test
  void idsInPathsHaveOneSpelling() {
    WebDataBinder binder = new WebDataBinder(null);
    new ExactIds().exactIds(binder);

    assertThat(binder.convertIfNecessary(ID.toString(), UUID.class)).isEqualTo(ID);
    assertThatIllegalArgumentException().isThrownBy(() -> ExactUuid.of("1-1-1-1-1"));
    assertThatExceptionOfType(org.springframework.beans.TypeMismatchException.class)
        .isThrownBy(() -> binder.convertIfNecessary("1-1-1-1-1", UUID.class));
  }

  private Body read(String body) {
    return builder.build().readValue(body, Body.class);
  }
}
