package dev.payledger.gateway.connection;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/// The connections of callers; not those of the management port.
@Component
class Connections implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {
  private final List<WatchedProtocol> protocols = new CopyOnWriteArrayList<>();

  @Override
  public void customize(TomcatServletWebServerFactory factory) {
    factory.setProtocol(WatchedProtocol.class.getName());
    factory.addConnectorCustomizers(
        connector -> {
          protocols.add((WatchedProtocol) connector.getProtocolHandler());
          // So that the route table refuses TRACE like any other method: the container's own answer
          // has an Allow header that is not the route's.
          connector.setAllowTrace(true);
        });
  }

  /// Closes those whose request began longer ago than this and is not all here; returns how many.
  int closeOverdue(Duration bound) {
    return protocols.stream().mapToInt(protocol -> protocol.closeOverdue(bound)).sum();
  }

  /// From now on every answer is the last one on its connection, and says so.
  void keepNoLonger() {
    protocols.forEach(protocol -> protocol.setMaxKeepAliveRequests(1));
  }
}
