package dev.payledger.ledger.request;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.payledger.kit.deadline.DeadlineInterceptor;
import dev.payledger.kit.json.ExactIds;
import dev.payledger.kit.json.StrictJson;
import dev.payledger.kit.page.PageCursors;
import dev.payledger.kit.problem.ContainerErrors;
import dev.payledger.kit.problem.ProblemHandler;
import dev.payledger.kit.request.DeclaredParameters;
import dev.payledger.kit.request.RequestHeadFilter;
import dev.payledger.kit.trace.TraceFilter;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/// What the ledger takes from the kit, and how.
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
class RequestConfiguration {
  /// A batch of a hundred transfers fits, each with all its legs.
  private static final int BODY_BYTES_MAX = 1024 * 1024;

  private static final int DEPTH_MAX = 8;

  @Bean
  DeadlineInterceptor deadlines(RequestProperties properties) {
    return new DeadlineInterceptor(properties.timeoutDefault(), properties.timeoutMax());
  }

  @Bean
  PageCursors cursors(RequestProperties properties) {
    return new PageCursors(properties.cursorKey());
  }

  /// Strict, and what is longer or deeper than any request is not read.
  @Bean
  JsonMapper jsonMapper(StrictJson strict) {
    JsonMapper.Builder builder =
        JsonMapper.builder(
            JsonFactory.builder()
                .streamReadConstraints(
                    StreamReadConstraints.builder()
                        .maxDocumentLength(BODY_BYTES_MAX)
                        .maxNestingDepth(DEPTH_MAX)
                        .build())
                .build());
    strict.customize(builder);
    return builder
        .changeDefaultPropertyInclusion(
            inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
        .build();
  }
}
