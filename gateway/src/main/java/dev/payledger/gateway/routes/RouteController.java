package dev.payledger.gateway.routes;

import dev.payledger.gateway.forward.ConcurrencyPermit;
import dev.payledger.gateway.forward.Forwarder;
import dev.payledger.gateway.forward.Upstream;
import dev.payledger.gateway.forward.UpstreamRequest;
import dev.payledger.gateway.forward.UpstreamResponse;
import dev.payledger.gateway.forward.UpstreamResult;
import dev.payledger.gateway.idempotency.CommandId;
import dev.payledger.gateway.idempotency.Fingerprint;
import dev.payledger.gateway.idempotency.IdempotencyKey;
import dev.payledger.gateway.idempotency.IdempotentExecutor;
import dev.payledger.gateway.idempotency.IdempotentResult;
import dev.payledger.gateway.idempotency.KeyHeader;
import dev.payledger.gateway.idempotency.KeyOwner;
import dev.payledger.gateway.idempotency.KeyedCommand;
import dev.payledger.gateway.limits.RateLimitResult;
import dev.payledger.gateway.limits.RateLimits;
import dev.payledger.gateway.limits.RouteClass;
import dev.payledger.gateway.problem.GatewayErrorCode;
import dev.payledger.gateway.routes.Route.Command;
import dev.payledger.gateway.routes.Route.KeyPolicy;
import dev.payledger.gateway.schema.ValidationResult;
import dev.payledger.kit.deadline.Deadline;
import dev.payledger.kit.problem.CommonErrorCode;
import dev.payledger.kit.problem.Problem;
import dev.payledger.kit.problem.ProblemWriter;
import dev.payledger.kit.trace.Traceparent;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;

/// The last two steps of a request: idempotency, then the hand-over to the service.
@Controller
class RouteController {
  private static final Logger log = LoggerFactory.getLogger(RouteController.class);
  private static final Duration SOON = Duration.ofSeconds(1);

  private final Forwarder forwarder;
  private final IdempotentExecutor idempotentExecutor;
  private final RateLimits limits;

  RouteController(Forwarder forwarder, IdempotentExecutor idempotentExecutor, RateLimits limits) {
    this.forwarder = forwarder;
    this.idempotentExecutor = idempotentExecutor;
    this.limits = limits;
  }

  @RequestMapping("/v1/**")
  void route(
      HttpServletRequest request, HttpServletResponse response, JwtAuthenticationToken caller)
      throws IOException {
    Jwt token = caller.getToken();
    switch (Route.of(request).target()) {
      case Route.Read(Upstream upstream, _) -> read(request, response, token, upstream);
      case Command command -> command(request, response, token, command);
      case Route.Own() ->
          throw new IllegalStateException("no controller for " + request.getRequestURI());
    }
  }

  private void read(
      HttpServletRequest request, HttpServletResponse response, Jwt token, Upstream upstream)
      throws IOException {
    look(request, response, call(request, token, upstream, null));
  }

  /// Nothing is changed by it, so nothing is unknown when no answer comes.
  private void look(HttpServletRequest request, HttpServletResponse response, UpstreamRequest call)
      throws IOException {
    switch (send(request, call)) {
      case UpstreamResult.Answered(UpstreamResponse answer) when mayPass(answer) ->
          answer.writeTo(response);
      case UpstreamResult other -> {
        log.warn("{} {}: {}", call.method(), call.upstream(), describe(other));
        ProblemWriter.write(
            request,
            response,
            Problem.retryAfter(
                CommonErrorCode.UNAVAILABLE,
                "The service behind did not answer. Try again.",
                SOON));
      }
    }
  }

  private void command(
      HttpServletRequest request, HttpServletResponse response, Jwt token, Command command)
      throws IOException {
    // A dry run takes no key, well-formed or not.
    KeyHeader header =
        command.keyPolicy() == KeyPolicy.NONE ? new KeyHeader.Missing() : KeyHeader.of(request);
    if (header instanceof KeyHeader.Malformed(String detail)) {
      ProblemWriter.write(
          request, response, Problem.of(GatewayErrorCode.IDEMPOTENCY_KEY_MALFORMED, detail));
      return;
    }
    byte[] body = BodyFilter.bodyOf(request);
    // The shape is checked before the claim: a body that can never be accepted burns no key.
    ValidationResult schema = command.schema().check(body);
    if (header instanceof KeyHeader.Missing && command.keyPolicy() == KeyPolicy.REQUIRED) {
      ProblemWriter.write(
          request,
          response,
          Problem.of(
              GatewayErrorCode.IDEMPOTENCY_KEY_MISSING,
              "Send an Idempotency-Key header, a new one for each thing you want done, and the same"
                  + " one when you try again."));
      return;
    }
    UpstreamRequest call = call(request, token, command.upstream(), body);
    switch (schema) {
      case ValidationResult.Invalid(String detail) ->
          ProblemWriter.write(
              request, response, Problem.of(CommonErrorCode.INVALID_REQUEST, detail));
      case ValidationResult.Valid(String canonicalJson, int cost) -> {
        ConcurrencyPermit.of(request).reduceWeight(cost);
        if (cost > 1 && !isPaid(request, response, token, cost)) {
          return;
        }
        if (command.keyPolicy() == KeyPolicy.NONE) {
          look(request, response, call);
        } else if (header instanceof KeyHeader.Given(IdempotencyKey key)) {
          // Before the claim: a key that may not be stored is not.
          RateLimitResult room = limits.takeKeys(KeyOwner.of(token).principal(), cost);
          if (!(room instanceof RateLimitResult.Allowed)) {
            room.writeHeaders(response);
            ProblemWriter.write(request, response, room.problem());
            return;
          }
          keyed(request, response, call, keyedCommand(request, token, command, key, canonicalJson));
        } else {
          unkeyed(request, response, call.with(CommandId.random()));
        }
      }
    }
  }

  /// The filter took one token, for a body must be read to know what it asks for; the rest is
  /// charged here, before anything is claimed or sent.
  private boolean isPaid(
      HttpServletRequest request, HttpServletResponse response, Jwt token, int cost)
      throws IOException {
    RouteClass routeClass = Route.of(request).routeClass();
    RateLimitResult result = limits.takeRest(routeClass, KeyOwner.of(token).principal(), cost);
    result.writeHeaders(response);
    if (result instanceof RateLimitResult.Allowed) {
      return true;
    }
    ProblemWriter.write(request, response, result.problem());
    return false;
  }

  private void keyed(
      HttpServletRequest request,
      HttpServletResponse response,
      UpstreamRequest call,
      KeyedCommand command)
      throws IOException {
    UpstreamRequest named = call.with(command.commandId());
    IdempotentResult outcome =
        idempotentExecutor.execute(
            command,
            Deadline.of(request),
            () -> send(request, named),
            ConcurrencyPermit.of(request)::tryWait);
    switch (outcome) {
      case IdempotentResult.Fresh(UpstreamResponse answer) ->
          reply(request, response, named, answer);
      case IdempotentResult.Replayed(UpstreamResponse answer) -> {
        response.setHeader("Idempotency-Replayed", "true");
        answer.writeTo(response);
      }
      case IdempotentResult.Reused() ->
          ProblemWriter.write(
              request,
              response,
              Problem.of(
                  CommonErrorCode.IDEMPOTENCY_KEY_REUSED,
                  "This key was first sent with another request. Use a new key for a new request."));
      case IdempotentResult.InFlight() ->
          ProblemWriter.write(
              request,
              response,
              Problem.retryAfter(
                  GatewayErrorCode.REQUEST_IN_FLIGHT,
                  "A request with this key is being worked on. Send it again to get its answer.",
                  SOON));
      case IdempotentResult.Unanswered(UpstreamResult why) ->
          unanswered(request, response, named, why);
      case IdempotentResult.StoreUnavailable() ->
          ProblemWriter.write(
              request,
              response,
              Problem.retryAfter(
                  CommonErrorCode.UNAVAILABLE,
                  "Idempotency keys cannot be checked now. Send the same request with the same key"
                      + " again.",
                  SOON));
    }
  }

  private void unkeyed(
      HttpServletRequest request, HttpServletResponse response, UpstreamRequest call)
      throws IOException {
    switch (send(request, call)) {
      case UpstreamResult.Answered(UpstreamResponse answer) ->
          reply(request, response, call, answer);
      case UpstreamResult why -> unanswered(request, response, call, why);
    }
  }

  private UpstreamResult send(HttpServletRequest request, UpstreamRequest call) {
    ConcurrencyPermit permit = ConcurrencyPermit.of(request);
    // Given back while it waited for another request with its key.
    if (!permit.tryReacquire(Deadline.of(request).remaining())) {
      return new UpstreamResult.NotSent("the service has no room");
    }
    long start = System.nanoTime();
    UpstreamResult forwarded = forwarder.send(call, Deadline.of(request));
    permit.recordResult(forwarded, System.nanoTime() - start);
    // The service is done with it: who reads the answer slowly holds no permit.
    permit.release();
    return forwarded;
  }

  private void reply(
      HttpServletRequest request,
      HttpServletResponse response,
      UpstreamRequest call,
      UpstreamResponse answer)
      throws IOException {
    if (mayPass(answer)) {
      answer.writeTo(response);
    } else {
      unanswered(request, response, call, new UpstreamResult.Answered(answer));
    }
  }

  private void unanswered(
      HttpServletRequest request,
      HttpServletResponse response,
      UpstreamRequest call,
      UpstreamResult why)
      throws IOException {
    log.warn("command {} to {}: {}", call.commandId(), call.upstream(), describe(why));
    ProblemWriter.write(
        request,
        response,
        why instanceof UpstreamResult.NotSent
            ? Problem.retryAfter(
                CommonErrorCode.UNAVAILABLE,
                "Nothing was done, because the service behind could not be reached. Try again.",
                SOON)
            : Problem.retryAfter(
                CommonErrorCode.OUTCOME_UNKNOWN,
                "Whether it was done is not known yet. Send the same request with the same key again:"
                    + " it is done at most once, and you get its one answer.",
                SOON));
  }

  /// What a service says is passed on, but for failures that are not in the API's own form.
  private static boolean mayPass(UpstreamResponse answer) {
    int status = answer.status();
    String contentType = answer.contentType();
    boolean isProblem = contentType != null && contentType.startsWith("application/problem+json");
    return (status >= 200 && status < 300)
        || (status >= 400 && status < 500)
        || (status == 503 && isProblem);
  }

  private static String describe(UpstreamResult forwarded) {
    return switch (forwarded) {
      case UpstreamResult.Answered(UpstreamResponse answer) -> "status " + answer.status();
      case UpstreamResult.NotSent(String reason) -> "not sent: " + reason;
      case UpstreamResult.Unknown(String reason) -> "outcome unknown: " + reason;
    };
  }

  private static UpstreamRequest call(
      HttpServletRequest request, Jwt token, Upstream upstream, byte @Nullable [] body) {
    String query = Waiting.queryOf(request);
    return new UpstreamRequest(
        upstream,
        request.getMethod(),
        request.getRequestURI() + (query == null || query.isEmpty() ? "" : "?" + query),
        body,
        body == null || body.length == 0 ? null : "application/json",
        null,
        token.getTokenValue(),
        Traceparent.of(request).next());
  }

  private static KeyedCommand keyedCommand(
      HttpServletRequest request,
      Jwt token,
      Command command,
      IdempotencyKey key,
      String canonicalJson) {
    KeyOwner owner = KeyOwner.of(token);
    return new KeyedCommand(
        CommandId.of(owner, command.operation(), key, 0),
        owner.principal(),
        command.operation(),
        key,
        Fingerprint.of(
            owner.principal(), command.operation(), request.getRequestURI(), canonicalJson));
  }
}
