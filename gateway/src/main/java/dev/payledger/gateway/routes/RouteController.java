package dev.payledger.gateway.routes;

import dev.payledger.gateway.forward.Answer;
import dev.payledger.gateway.forward.Call;
import dev.payledger.gateway.forward.Forwarded;
import dev.payledger.gateway.forward.Forwarder;
import dev.payledger.gateway.forward.Permit;
import dev.payledger.gateway.forward.Upstream;
import dev.payledger.gateway.idempotency.CommandId;
import dev.payledger.gateway.idempotency.Fingerprint;
import dev.payledger.gateway.idempotency.IdempotencyKey;
import dev.payledger.gateway.idempotency.KeyHeader;
import dev.payledger.gateway.idempotency.KeyOwner;
import dev.payledger.gateway.idempotency.KeyedCalls;
import dev.payledger.gateway.idempotency.KeyedCommand;
import dev.payledger.gateway.idempotency.KeyedOutcome;
import dev.payledger.gateway.limits.Decision;
import dev.payledger.gateway.limits.RateLimits;
import dev.payledger.gateway.limits.RouteClass;
import dev.payledger.gateway.problem.GatewayErrorCode;
import dev.payledger.gateway.routes.Route.Command;
import dev.payledger.gateway.routes.Route.KeyPolicy;
import dev.payledger.gateway.shape.ShapeOutcome;
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

/// The last two steps of the front door: idempotency, then the hand-over to the service.
@Controller
class RouteController {
  private static final Logger log = LoggerFactory.getLogger(RouteController.class);
  private static final Duration SOON = Duration.ofSeconds(1);

  private final Forwarder forwarder;
  private final KeyedCalls keyedCalls;
  private final RateLimits limits;

  RouteController(Forwarder forwarder, KeyedCalls keyedCalls, RateLimits limits) {
    this.forwarder = forwarder;
    this.keyedCalls = keyedCalls;
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
  private void look(HttpServletRequest request, HttpServletResponse response, Call call)
      throws IOException {
    switch (send(request, call)) {
      case Forwarded.Answered(Answer answer) when mayPass(answer) -> answer.writeTo(response);
      case Forwarded other -> {
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
    ShapeOutcome shape = command.shape().check(body);
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
    Call call = call(request, token, command.upstream(), body);
    switch (shape) {
      case ShapeOutcome.Refused(String detail) ->
          ProblemWriter.write(
              request, response, Problem.of(CommonErrorCode.INVALID_REQUEST, detail));
      case ShapeOutcome.Fits(String canonicalJson, int cost) -> {
        Permit.of(request).weighs(cost);
        if (cost > 1 && !isPaid(request, response, token, cost)) {
          return;
        }
        if (command.keyPolicy() == KeyPolicy.NONE) {
          look(request, response, call);
        } else if (header instanceof KeyHeader.Given(IdempotencyKey key)) {
          // Before the claim: a key that may not be stored is not.
          Decision room = limits.takeKeys(KeyOwner.of(token).principal(), cost);
          if (!(room instanceof Decision.Allowed)) {
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
    Decision decision = limits.takeRest(routeClass, KeyOwner.of(token).principal(), cost);
    decision.writeHeaders(response);
    if (decision instanceof Decision.Allowed) {
      return true;
    }
    ProblemWriter.write(request, response, decision.problem());
    return false;
  }

  private void keyed(
      HttpServletRequest request, HttpServletResponse response, Call call, KeyedCommand command)
      throws IOException {
    Call named = call.with(command.commandId());
    KeyedOutcome outcome =
        keyedCalls.call(
            command,
            Deadline.of(request),
            () -> send(request, named),
            Permit.of(request)::waitsInstead);
    switch (outcome) {
      case KeyedOutcome.Fresh(Answer answer) -> reply(request, response, named, answer);
      case KeyedOutcome.Replayed(Answer answer) -> {
        response.setHeader("Idempotency-Replayed", "true");
        answer.writeTo(response);
      }
      case KeyedOutcome.Reused() ->
          ProblemWriter.write(
              request,
              response,
              Problem.of(
                  CommonErrorCode.IDEMPOTENCY_KEY_REUSED,
                  "This key was first sent with another request. Use a new key for a new request."));
      case KeyedOutcome.InFlight() ->
          ProblemWriter.write(
              request,
              response,
              Problem.retryAfter(
                  GatewayErrorCode.REQUEST_IN_FLIGHT,
                  "A request with this key is being worked on. Send it again to get its answer.",
                  SOON));
      case KeyedOutcome.Unanswered(Forwarded why) -> unanswered(request, response, named, why);
      case KeyedOutcome.StoreUnavailable() ->
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

  private void unkeyed(HttpServletRequest request, HttpServletResponse response, Call call)
      throws IOException {
    switch (send(request, call)) {
      case Forwarded.Answered(Answer answer) -> reply(request, response, call, answer);
      case Forwarded why -> unanswered(request, response, call, why);
    }
  }

  private Forwarded send(HttpServletRequest request, Call call) {
    Permit permit = Permit.of(request);
    // Given back while it waited for another request with its key.
    if (!permit.isHeldAgain(Deadline.of(request).remaining())) {
      return new Forwarded.NotSent("the service has no room");
    }
    long start = System.nanoTime();
    Forwarded forwarded = forwarder.send(call, Deadline.of(request));
    permit.ended(forwarded, System.nanoTime() - start);
    // The service is done with it: who reads the answer slowly holds no place.
    permit.giveBack();
    return forwarded;
  }

  private void reply(
      HttpServletRequest request, HttpServletResponse response, Call call, Answer answer)
      throws IOException {
    if (mayPass(answer)) {
      answer.writeTo(response);
    } else {
      unanswered(request, response, call, new Forwarded.Answered(answer));
    }
  }

  private void unanswered(
      HttpServletRequest request, HttpServletResponse response, Call call, Forwarded why)
      throws IOException {
    log.warn("command {} to {}: {}", call.commandId(), call.upstream(), describe(why));
    ProblemWriter.write(
        request,
        response,
        why instanceof Forwarded.NotSent
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
  private static boolean mayPass(Answer answer) {
    int status = answer.status();
    String contentType = answer.contentType();
    boolean isProblem = contentType != null && contentType.startsWith("application/problem+json");
    return (status >= 200 && status < 300)
        || (status >= 400 && status < 500)
        || (status == 503 && isProblem);
  }

  private static String describe(Forwarded forwarded) {
    return switch (forwarded) {
      case Forwarded.Answered(Answer answer) -> "status " + answer.status();
      case Forwarded.NotSent(String reason) -> "not sent: " + reason;
      case Forwarded.Unknown(String reason) -> "outcome unknown: " + reason;
    };
  }

  private static Call call(
      HttpServletRequest request, Jwt token, Upstream upstream, byte @Nullable [] body) {
    String query = Waiting.queryOf(request);
    return new Call(
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
