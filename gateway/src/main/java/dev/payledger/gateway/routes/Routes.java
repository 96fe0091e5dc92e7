package dev.payledger.gateway.routes;

import static dev.payledger.gateway.forward.Upstream.LEDGER;
import static dev.payledger.gateway.forward.Upstream.NOTIFY;
import static dev.payledger.gateway.limits.RouteClass.DESCRIPTION;
import static dev.payledger.gateway.limits.RouteClass.FEED;
import static dev.payledger.gateway.limits.RouteClass.KEY_SET;
import static dev.payledger.gateway.limits.RouteClass.MONEY;
import static dev.payledger.gateway.limits.RouteClass.READS;
import static dev.payledger.gateway.limits.RouteClass.TOKENS;
import static dev.payledger.gateway.routes.QueryCost.CHECKS;
import static dev.payledger.gateway.routes.QueryCost.ONE;
import static dev.payledger.gateway.routes.QueryCost.PAGE;
import static dev.payledger.gateway.routes.Route.KeyPolicy.HONOURED;
import static dev.payledger.gateway.routes.Route.KeyPolicy.REQUIRED;
import static dev.payledger.gateway.schema.BodySchema.ACCOUNT;
import static dev.payledger.gateway.schema.BodySchema.CAPTURE;
import static dev.payledger.gateway.schema.BodySchema.CHANGE;
import static dev.payledger.gateway.schema.BodySchema.FREEZE;
import static dev.payledger.gateway.schema.BodySchema.NONE;
import static dev.payledger.gateway.schema.BodySchema.OVERDRAFT;
import static dev.payledger.gateway.schema.BodySchema.REVERSAL;
import static dev.payledger.gateway.schema.BodySchema.REVIEW;
import static dev.payledger.gateway.schema.BodySchema.TRANSFER;
import static dev.payledger.gateway.schema.BodySchema.TRANSFER_BATCH;

import dev.payledger.gateway.forward.Upstream;
import dev.payledger.gateway.idempotency.KeyedOperations;
import dev.payledger.gateway.limits.RouteClass;
import dev.payledger.gateway.routes.Route.Command;
import dev.payledger.gateway.routes.Route.KeyPolicy;
import dev.payledger.gateway.routes.Route.Own;
import dev.payledger.gateway.routes.Route.Read;
import dev.payledger.gateway.schema.BodySchema;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// The route table: every method and path that the gateway serves. What is not here is not served,
/// and what is here is described in `openapi.yaml`.
@Component
public class Routes implements KeyedOperations {
  static final List<Route> TABLE =
      List.of(
          command(REQUIRED, "create-transfer", "/v1/transfers", TRANSFER),
          command(REQUIRED, "reverse-transfer", "/v1/transfers/{id}/reversals", REVERSAL),
          command(REQUIRED, "capture-transfer", "/v1/transfers/{id}/capture", CAPTURE),
          command(REQUIRED, "void-transfer", "/v1/transfers/{id}/void", NONE),
          command(REQUIRED, "create-transfer-batch", "/v1/transfer-batches", TRANSFER_BATCH),
          dryRun("dry-run-transfer", "/v1/transfers", TRANSFER),
          dryRun("dry-run-reversal", "/v1/transfers/{id}/reversals", REVERSAL),
          dryRun("dry-run-capture", "/v1/transfers/{id}/capture", CAPTURE),
          dryRun("dry-run-void", "/v1/transfers/{id}/void", NONE),
          dryRun("dry-run-transfer-batch", "/v1/transfer-batches", TRANSFER_BATCH),
          read(
              "/v1/transfers",
              READS,
              LEDGER,
              PAGE,
              "accountId",
              "direction",
              "status",
              "reference",
              "from",
              "to",
              "limit",
              "cursor"),
          read("/v1/transfers/{id}", READS, LEDGER, ONE, "waitMs"),
          read("/v1/transfers/{id}/timeline", READS, LEDGER, PAGE, "limit", "cursor"),
          read("/v1/transfers/{id}/reversals", READS, LEDGER, PAGE, "limit", "cursor"),
          command(HONOURED, "open-account", "/v1/accounts", ACCOUNT),
          read(
              "/v1/accounts",
              READS,
              LEDGER,
              PAGE,
              "owner",
              "currency",
              "status",
              "limit",
              "cursor"),
          read("/v1/accounts/{id}", READS, LEDGER, ONE),
          read("/v1/accounts/{id}/balance", READS, LEDGER, ONE, "asOf"),
          read("/v1/accounts/{id}/holds", READS, LEDGER, PAGE, "limit", "cursor"),
          read(
              "/v1/accounts/{id}/entries",
              READS,
              LEDGER,
              PAGE,
              "from",
              "to",
              "order",
              "limit",
              "cursor"),
          read(
              "/v1/accounts/{id}/statement",
              READS,
              LEDGER,
              PAGE,
              "from",
              "to",
              "format",
              "limit",
              "cursor"),
          command(HONOURED, "freeze-account", "/v1/accounts/{id}/freeze", FREEZE),
          command(HONOURED, "unfreeze-account", "/v1/accounts/{id}/unfreeze", CHANGE),
          command(HONOURED, "close-account", "/v1/accounts/{id}/close", CHANGE),
          command(HONOURED, "reopen-account", "/v1/accounts/{id}/reopen", CHANGE),
          // A limit is spending power: a repeat without a key could give back what was taken.
          command(REQUIRED, "allow-overdraft", "/v1/accounts/{id}/overdraft", OVERDRAFT),
          read("/v1/accounts/{id}/changes", READS, LEDGER, PAGE, "limit", "cursor"),
          read("/v1/accounts/{id}/feed", FEED, NOTIFY, PAGE, "limit", "cursor"),
          operate("/v1/operator/checks", CHECKS, "mode"),
          operate("/v1/operator/trial-balance", ONE),
          operate("/v1/operator/held-transfers", PAGE, "limit", "cursor"),
          Route.of(
              "POST",
              "/v1/operator/held-transfers/{id}/review",
              MONEY,
              "ledger:operate",
              new Command(LEDGER, "review-transfer", HONOURED, REVIEW)),
          operate("/v1/operator/parked-transfers", PAGE, "limit", "cursor"),
          Route.of(
              "POST",
              "/v1/operator/parked-transfers/{id}/release",
              MONEY,
              "ledger:operate",
              new Command(LEDGER, "release-transfer", HONOURED, NONE)),
          own("GET", "/v1/idempotency-keys", READS, "accounts:read", "key", "operation"),
          own("GET", "/v1/openapi.yaml", DESCRIPTION, null),
          own("POST", "/oauth2/token", TOKENS, null),
          own("GET", "/oauth2/jwks", KEY_SET, null));

  /// What the table says about a method and a path.
  sealed interface Match {
    record Found(Route route) implements Match {}

    record OtherMethod(Set<String> allowed) implements Match {}

    record Unknown() implements Match {}
  }

  /// The path is the raw one of the request line, undecoded.
  Match match(String method, String rawPath) {
    List<Route> routes = TABLE.stream().filter(route -> route.hasPath(rawPath)).toList();
    return routes.stream()
        .filter(route -> route.method().equals(method))
        .findFirst()
        .<Match>map(Match.Found::new)
        .orElseGet(
            () ->
                routes.isEmpty()
                    ? new Match.Unknown()
                    : new Match.OtherMethod(
                        routes.stream().map(Route::method).collect(Collectors.toSet())));
  }

  @Override
  public boolean has(String operation) {
    return TABLE.stream()
        .anyMatch(
            route ->
                route.target() instanceof Command command
                    && command.keyPolicy() != KeyPolicy.NONE
                    && command.operation().equals(operation));
  }

  private static Route command(
      KeyPolicy keyPolicy, String operation, String path, BodySchema schema) {
    return Route.of(
        "POST", path, MONEY, "transfers:write", new Command(LEDGER, operation, keyPolicy, schema));
  }

  /// Says what would become of the command of that path now. It moves no money: payments go first.
  private static Route dryRun(String operation, String path, BodySchema schema) {
    return Route.of(
        "POST",
        path + "/dry-run",
        READS,
        "transfers:write",
        new Command(LEDGER, operation, KeyPolicy.NONE, schema));
  }

  private static Route read(
      String path,
      RouteClass routeClass,
      Upstream upstream,
      QueryCost queryCost,
      String... parameters) {
    return Route.of(
        "GET", path, routeClass, "accounts:read", new Read(upstream, queryCost), parameters);
  }

  private static Route operate(String path, QueryCost queryCost, String... parameters) {
    return Route.of("GET", path, READS, "ledger:operate", new Read(LEDGER, queryCost), parameters);
  }

  private static Route own(
      String method,
      String path,
      RouteClass routeClass,
      @Nullable String scope,
      String... parameters) {
    return Route.of(method, path, routeClass, scope, new Own(), parameters);
  }
}
