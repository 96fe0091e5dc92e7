package dev.payledger.kit.management;

import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The hosts under which the management port answers: the names of loopback, and more by
/// configuration. A web page that has its own name resolved to 127.0.0.1 (DNS rebinding) cannot send
/// one of these.
final class AllowedHosts {
  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");
  private static final String NAME = "[0-9A-Za-z._-]+|\\[[0-9A-Fa-f:.]+]";
  private static final Pattern HOST = Pattern.compile("(" + NAME + ")(?::[0-9]*)?");

  private final Set<String> names = new TreeSet<>(LOOPBACK);

  /// @param more names without a port, in any case
  AllowedHosts(Collection<String> more) {
    for (String name : more) {
      if (!name.matches(NAME)) {
        throw new IllegalArgumentException(
            "payledger.management.allowed-hosts has names without a port, and not " + name);
      }
      names.add(name.toLowerCase(Locale.ROOT));
    }
  }

  /// @param host a `Host` header; its port does not matter
  boolean allows(String host) {
    Matcher matcher = HOST.matcher(host);
    return matcher.matches() && names.contains(matcher.group(1).toLowerCase(Locale.ROOT));
  }
}
