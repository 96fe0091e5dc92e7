package dev.payledger.testkit;

import org.jspecify.annotations.Nullable;

/// One real Redis for all tests of a module: a process of its own, or a container with
/// `-Pcontainers`. Tests do not know which. One that kills its server starts a `RedisServer`.
public final class Redis {
  private static @Nullable String url;

  private Redis() {}

  /// The module's server, started by the first caller and stopped with the JVM.
  public static synchronized String url() {
    String running = url;
    if (running == null) {
      running = Containers.areAsked() ? Containers.redis() : RedisServer.start(Ports.free()).url();
      url = running;
    }
    return running;
  }
}
