package dev.payledger.stack;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The processes of the stack, in the order in which they are named to people.
public enum Service {
  POSTGRES("postgres", 15432, null, 0),
  KAFKA("kafka", 19092, null, 320),
  LEDGER("ledger-service", 8081, "ledger-service", 256),
  FRAUD("fraud-service", 8082, "fraud-service", 192),
  RELAY("outbox-relay", 8083, "outbox-relay", 192),
  NOTIFY_EU("notify-eu", 8091, "notify-service", 192),
  GATEWAY("gateway", 8080, "gateway", 256);

  private final String title;
  private final int port;
  private final @Nullable String module;
  private final int heapMegabytes;

  Service(String title, int port, @Nullable String module, int heapMegabytes) {
    this.title = title;
    this.port = port;
    this.module = module;
    this.heapMegabytes = heapMegabytes;
  }

  /// The name people type and read, also that of the log file.
  public String title() {
    return title;
  }

  /// The five that are ours and run from a jar, the others being the two servers.
  public static List<Service> ours() {
    return Arrays.stream(values()).filter(service -> service.module != null).toList();
  }

  /// Their titles, in one line of text.
  public static String titles(Collection<Service> services) {
    return services.stream().map(Service::title).collect(Collectors.joining(", "));
  }

  public static Optional<Service> named(String name) {
    return Arrays.stream(values())
        .filter(
            service ->
                service.title.equals(name)
                    || service.title.startsWith(name + "-")
                    || service.title.endsWith("-" + name))
        .findFirst();
  }

  boolean isOurs() {
    return module != null;
  }

  /// The Maven module that builds it.
  String module() {
    if (module == null) {
      throw new IllegalStateException(title + " is not built here");
    }
    return module;
  }

  int heapMegabytes() {
    return heapMegabytes;
  }

  int basePort() {
    return port;
  }
}
