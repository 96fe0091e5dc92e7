package dev.payledger.demo;

import java.lang.reflect.Proxy;
import java.util.List;

/// Handles the signals that end this process, before the JVM's shutdown hooks run.
///
/// The embedded PostgreSQL stops its server in a hook of its own, and all hooks run concurrently: a
/// hook of ours would take the services down while their database already goes. `sun.misc.Signal`
/// has no replacement; it is reached by reflection because the compiler warns of its name.
final class Termination {
  private Termination() {}

  /// Runs the action on a thread of its own at SIGTERM, SIGINT or SIGHUP.
  static void run(Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object handling =
          Proxy.newProxyInstance(
              Termination.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  Thread.ofPlatform().name("termination").start(action);
                }
                return null;
              });
      for (String name : List.of("TERM", "INT", "HUP")) {
        signal
            .getMethod("handle", signal, handler)
            .invoke(null, signal.getConstructor(String.class).newInstance(name), handling);
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JVM does not tell of signals", e);
    }
  }
}
