package dev.payledger.system.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertiesPropertySource;
import org.springframework.core.env.PropertySourcesPropertyResolver;
import org.springframework.core.io.FileSystemResource;

/// Settings of one service that are right only beside those of another, as they are shipped.
class SettingsTest {
  private static final PropertySourcesPropertyResolver GATEWAY = of("gateway");
  private static final PropertySourcesPropertyResolver LEDGER = of("ledger-service");

  private static PropertySourcesPropertyResolver of(String module) {
    YamlPropertiesFactoryBean yaml = new YamlPropertiesFactoryBean();
    yaml.setResources(
        new FileSystemResource(
            Path.of("..", module, "src", "main", "resources", "application.yml")));
    Properties properties = Objects.requireNonNull(yaml.getObject());
    MutablePropertySources sources = new MutablePropertySources();
    sources.addFirst(new PropertiesPropertySource(module, properties));
    return new PropertySourcesPropertyResolver(sources);
  }

  private static int number(PropertySourcesPropertyResolver settings, String name) {
    return settings.getRequiredProperty(name, Integer.class);
  }

  @Test
  void oneCallerTakesLessThanServicesBehindGatewayOffer() {
    int ofOneCaller = number(GATEWAY, "gateway.shedding.caller.in-flight-max");
    assertThat(ofOneCaller).isLessThan(number(LEDGER, "payledger.screening.permits"));
    assertThat(4 * ofOneCaller)
        .as("places of a caller, against the least limit")
        .isLessThanOrEqualTo(number(GATEWAY, "gateway.shedding.limit-min"));
    assertThat(ofOneCaller + number(GATEWAY, "gateway.shedding.waits.per-caller-max"))
        .isLessThan(number(LEDGER, "payledger.request.concurrency-max"));
    assertThat(number(GATEWAY, "gateway.shedding.waits.total-max"))
        .isLessThan(number(LEDGER, "payledger.request.concurrency-max"));
  }
}
