package dev.payledger.ledger.request;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.TimeZone;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ProblemDetail;
import org.springframework.http.converter.json.ProblemDetailJacksonMixin;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/// JSON that means what it says: a duplicate or unknown property, text after the end, or a value of
/// another type is an error, never a guess, and what is longer or deeper than any request is not read.
@Configuration(proxyBeanMethods = false)
class StrictJson {
  /// A batch of a hundred transfers fits, each with all its legs.
  private static final int BODY_BYTES_MAX = 1024 * 1024;

  private static final int DEPTH_MAX = 8;

  @Bean
  JsonMapper jsonMapper() {
    return JsonMapper.builder(
            JsonFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .streamReadConstraints(
                    StreamReadConstraints.builder()
                        .maxDocumentLength(BODY_BYTES_MAX)
                        .maxNestingDepth(DEPTH_MAX)
                        .build())
                .build())
        .addMixIn(ProblemDetail.class, ProblemDetailJacksonMixin.class)
        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
        .withCoercionConfig(
            LogicalType.Textual,
            config ->
                config
                    .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
        // Six digits always: the same text for the same instant, of the same length as any other.
        .withConfigOverride(
            Instant.class,
            config ->
                config.setFormat(
                    JsonFormat.Value.forPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSX")
                        .withTimeZone(TimeZone.getTimeZone(ZoneOffset.UTC))))
        .changeDefaultPropertyInclusion(
            inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
        .build();
  }
}
