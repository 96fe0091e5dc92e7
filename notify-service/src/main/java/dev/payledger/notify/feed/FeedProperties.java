package dev.payledger.notify.feed;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How feeds are paged.
///
/// @param cursorKey signs cursors; a secret of at least 32 bytes, the same on all replicas
@ConfigurationProperties("notify.feed")
public record FeedProperties(
    String cursorKey, @DefaultValue("50") int limitDefault, @DefaultValue("200") int limitMax) {

  public FeedProperties {
    if (limitDefault < 1 || limitDefault > limitMax) {
      throw new IllegalArgumentException("notify.feed.limit-default is 1 … limit-max");
    }
  }

  @Override
  public String toString() {
    return "FeedProperties[limitDefault=" + limitDefault + ", limitMax=" + limitMax + "]";
  }
}
