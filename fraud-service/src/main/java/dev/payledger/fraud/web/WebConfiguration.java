package dev.payledger.fraud.web;

import dev.payledger.kit.deadline.DeadlineInterceptor;
import dev.payledger.kit.json.ExactIds;
import dev.payledger.kit.json.StrictJson;
import dev.payledger.kit.problem.ContainerErrors;
import dev.payledger.kit.problem.ProblemHandler;
import dev.payledger.kit.request.DeclaredParameters;
import dev.payledger.kit.request.RequestHeadFilter;
import dev.payledger.kit.trace.TraceFilter;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import tools.jackson.databind.DeserializationFeature;

/// What this service takes from the kit, and how.
@Configuration(proxyBeanMethods = false)
@Import({
  TraceFilter.class,
  RequestHeadFilter.class,
  DeclaredParameters.class,
  StrictJson.class,
  ExactIds.class,
  ProblemHandler.class,
  ContainerErrors.class
})
class WebConfiguration {
  @Bean
  DeadlineInterceptor deadlines(WebProperties properties) {
    return new DeadlineInterceptor(properties.requestTimeoutMax(), properties.requestTimeoutMax());
  }

  /// A body has every field, and none of them is null.
  @Bean
  JsonMapperBuilderCustomizer everyField() {
    return builder ->
        builder.enable(
            DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
            DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES);
  }
}
