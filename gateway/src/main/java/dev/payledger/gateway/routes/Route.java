package dev.payledger.gateway.routes;

import dev.payledger.gateway.forward.Upstream;
import dev.payledger.gateway.limits.RouteClass;
import dev.payledger.gateway.schema.BodySchema;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One line of the route table. `path` has fixed segments and `{id}` for a UUID. `scope` is what the
/// access token must have; null lets anybody in. `parameters` are those that the query may have.
public record Route(
    String method,
    String path,
    RouteClass routeClass,
    @Nullable String scope,
    Target target,
    Set<String> parameters,
    Pattern pattern) {

  /// Where a request goes.
  public sealed interface Target {}

  /// Answered by the gateway itself.
  record Own() implements Target {}

  /// Read from a service.
  record Read(Upstream upstream, QueryCost queryCost) implements Target {}

  /// Sent to a service with a command id, so that it happens once; without one when it takes no key.
  record Command(Upstream upstream, String operation, KeyPolicy keyPolicy, BodySchema schema)
      implements Target {}

  /// Whether a command must carry an idempotency key. One that takes none changes nothing.
  enum KeyPolicy {
    REQUIRED,
    HONOURED,
    NONE
  }

  /// `TransferBatches` in ledger-service.
  private static final int BATCH_ITEMS_AT_ONCE = 8;

  private static final String ATTRIBUTE = Route.class.getName();
  private static final String UUID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";

  static Route of(
      String method,
      String path,
      RouteClass routeClass,
      @Nullable String scope,
      Target target,
      String... parameters) {
    // Compared with the path as it came, undecoded: what needs decoding has no route.
    String pattern = path.replace(".", "\\.").replace("{id}", UUID);
    return new Route(
        method, path, routeClass, scope, target, Set.of(parameters), Pattern.compile(pattern));
  }

  /// The route of this request, which `RequestValidationFilter` has found.
  public static Route of(HttpServletRequest request) {
    return find(request)
        .orElseThrow(() -> new IllegalStateException("RequestValidationFilter has not run"));
  }

  /// Empty on the management port, which the filter chain does not guard.
  public static Optional<Route> find(HttpServletRequest request) {
    return Optional.ofNullable((Route) request.getAttribute(ATTRIBUTE));
  }

  /// The service that answers; empty when the gateway does so itself.
  public Optional<Upstream> upstream() {
    return switch (target) {
      case Own() -> Optional.empty();
      case Read(Upstream upstream, _) -> Optional.of(upstream);
      case Command command -> Optional.of(command.upstream());
    };
  }

  /// What the query asks for; a command's cost is in its body.
  QueryCost queryCost() {
    return target instanceof Read(Upstream _, QueryCost cost) ? cost : QueryCost.ONE;
  }

  /// How much the service works on at once for such a request, at most: of a batch eight items.
  public int weightMax() {
    return target instanceof Command command && command.schema().equals(BodySchema.TRANSFER_BATCH)
        ? BATCH_ITEMS_AT_ONCE
        : 1;
  }

  void putInto(HttpServletRequest request) {
    request.setAttribute(ATTRIBUTE, this);
  }

  boolean hasPath(String rawPath) {
    return pattern.matcher(rawPath).matches();
  }
}
