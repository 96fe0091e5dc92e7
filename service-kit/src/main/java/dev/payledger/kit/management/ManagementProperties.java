package dev.payledger.kit.management;

import java.util.List;
import java.util.Objects;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Who may use the management port. Without a credential the service does not start.
///
/// @param credential what requests that change something have to bring; printable ASCII, no space
/// @param allowedHosts names besides those of loopback, without a port
@ConfigurationProperties("payledger.management")
record ManagementProperties(String credential, @DefaultValue List<String> allowedHosts) {

  ManagementProperties {
    if (!Objects.requireNonNullElse(credential, "").matches("[!-~]+")) {
      throw new IllegalArgumentException(
          "payledger.management.credential is missing, or is not printable ASCII without spaces");
    }
    allowedHosts = List.copyOf(allowedHosts);
  }

  /// Without the credential.
  @Override
  public String toString() {
    return "ManagementProperties[allowedHosts=" + allowedHosts + "]";
  }
}
