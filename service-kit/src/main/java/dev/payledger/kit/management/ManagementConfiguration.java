package dev.payledger.kit.management;

import jakarta.servlet.DispatcherType;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;

/// Puts the filter in front of a management port of its own, whose server is a child context. Spring
/// Boot finds it by its name in `ManagementContextConfiguration.imports` and reads it for that context
/// alone: the service's own port is not touched.
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@EnableConfigurationProperties(ManagementProperties.class)
class ManagementConfiguration {

  /// The first filter, so that nothing else reads a request that is refused. Error pages too: the
  /// container refuses `/WEB-INF` before any filter, and then asks for the page where there is one.
  @Bean
  FilterRegistrationBean<ManagementFilter> managementFilter(ManagementProperties properties) {
    FilterRegistrationBean<ManagementFilter> registration =
        new FilterRegistrationBean<>(new ManagementFilter(properties));
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
    registration.addUrlPatterns("/*");
    registration.setDispatcherTypes(DispatcherType.REQUEST, DispatcherType.ERROR);
    return registration;
  }
}
