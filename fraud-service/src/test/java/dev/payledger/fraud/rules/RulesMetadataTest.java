package dev.payledger.fraud.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.DefaultValue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What an editor tells of the rules' settings is what the service takes.
class RulesMetadataTest {
  @Test
  void everySettingIsDescribedWithItsDefault() throws IOException {
    Map<String, String> described = new TreeMap<>();
    for (JsonNode property : metadata().get("properties")) {
      assertThat(property.get("description").asString()).endsWith(".");
      JsonNode value = property.get("defaultValue");
      described.put(property.get("name").asString(), value == null ? "" : value.asString());
    }

    Map<String, String> taken = new TreeMap<>();
    RecordComponent[] settings = RulesProperties.class.getRecordComponents();
    Parameter[] parameters = RulesProperties.class.getDeclaredConstructors()[0].getParameters();
    for (int i = 0; i < settings.length; i++) {
      taken.put(
          "fraud.rules." + kebab(settings[i].getName()),
          String.join(",", parameters[i].getAnnotation(DefaultValue.class).value()));
    }
    assertThat(described).isEqualTo(taken);
  }

  private static String kebab(String name) {
    return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  private static JsonNode metadata() throws IOException {
    try (InputStream file =
        Objects.requireNonNull(
            RulesProperties.class.getResourceAsStream(
                "/META-INF/spring-configuration-metadata.json"))) {
      return JsonMapper.shared().readTree(file);
    }
  }
}
