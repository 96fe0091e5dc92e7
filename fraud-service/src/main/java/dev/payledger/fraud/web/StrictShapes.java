package dev.payledger.fraud.web;

import com.fasterxml.jackson.annotation.JsonFormat;
import java.beans.PropertyEditorSupport;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.TimeZone;
import java.util.UUID;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.WebDataBinder;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.InitBinder;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.type.LogicalType;

/// A request means exactly one thing or is refused: no unknown, missing, null or doubled field, no
/// value of another type that happens to convert, nothing behind the end.
@Configuration(proxyBeanMethods = false)
class StrictShapes implements WebMvcConfigurer {
  private final WebProperties properties;

  StrictShapes(WebProperties properties) {
    this.properties = properties;
  }

  @Bean
  JsonMapperBuilderCustomizer strictJson() {
    return builder ->
        builder
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(
                DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
                DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(
                LogicalType.Textual,
                text ->
                    text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                        .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                        .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            // Six digits always.
            .withConfigOverride(
                Instant.class,
                config ->
                    config.setFormat(
                        JsonFormat.Value.forPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSX")
                            .withTimeZone(TimeZone.getTimeZone(ZoneOffset.UTC))))
            .addModule(new SimpleModule().addDeserializer(UUID.class, new ExactUuid()));
  }

  @Override
  public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
    resolvers.add(new DeadlineArgument(properties.requestTimeoutMax()));
  }

  /// `UUID.fromString` also takes `1-1-1-1-1`, by which one id would have many spellings.
  static UUID exactUuid(String text) {
    UUID id = UUID.fromString(text);
    if (!id.toString().equalsIgnoreCase(text)) {
      throw new IllegalArgumentException("not a UUID in its 36 characters");
    }
    return id;
  }

  /// The same for ids in paths. An editor and not a converter: Spring falls back to its own, lenient
  /// editor when a converter refuses.
  @ControllerAdvice
  static final class ExactPaths {
    @InitBinder
    void exactIds(WebDataBinder binder) {
      binder.registerCustomEditor(
          UUID.class,
          new PropertyEditorSupport() {
            @Override
            public void setAsText(String text) {
              setValue(exactUuid(text));
            }
          });
    }
  }

  private static final class ExactUuid extends StdDeserializer<UUID> {
    ExactUuid() {
      super(UUID.class);
    }

    @Override
    public UUID deserialize(JsonParser parser, DeserializationContext context)
        throws JacksonException {
      String text = parser.getValueAsString();
      try {
        if (parser.currentToken().isScalarValue() && text != null) {
          return exactUuid(text);
        }
      } catch (IllegalArgumentException e) {
        // Reported below, with the place in the document.
      }
      return context.reportInputMismatch(UUID.class, "not a UUID in its 36 characters");
    }
  }
}
