package dev.payledger.ledger.request;

import dev.payledger.kit.page.PageCursors;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Whose key signs the cursors of lists.
@Configuration(proxyBeanMethods = false)
class PageConfiguration {
  @Bean
  PageCursors cursors(RequestProperties properties) {
    return new PageCursors(properties.cursorKey());
  }
}
