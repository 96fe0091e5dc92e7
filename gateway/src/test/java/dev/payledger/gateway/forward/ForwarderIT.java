package dev.payledger.gateway.forward;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.gateway.Downstream;
import dev.payledger.gateway.Downstream.Reply;
import dev.payledger.kit.deadline.Deadline;
import dev.payledger.kit.trace.Traceparent;
import dev.payledger.testkit.Ports;
import java.net.URI;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class ForwarderIT {
  private final Downstream ledger = new Downstream(Ports.free());
  private final Forwarder forwarder =
      new Forwarder(
          new ForwardProperties(
              URI.create(ledger.url()),
              URI.create(ledger.url()),
              Duration.ofSeconds(1),
              DataSize.ofKilobytes(1)));

  @AfterEach
  void stop() {
    ledger.close();
  }

  private UpstreamResult send(String method, String target, UUID commandId, Duration time) {
    return forwarder.send(
        new UpstreamRequest(
            Upstream.LEDGER,
            method,
            target,
            commandId == null ? null : new byte[] {'{', '}'},
            "application/json",
            commandId,
            "token",
            new Traceparent("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", "01")),
        Deadline.after(time));
  }

  private UpstreamResult read() {
    return send("GET", "/v1/accounts", null, Duration.ofSeconds(10));
  }

  @Test
  void passedDeadlineSendsNothing() {
    assertThat(send("GET", "/v1/accounts", null, Duration.ZERO))
        .isInstanceOf(UpstreamResult.NotSent.class);
    assertThat(ledger.arrived()).isEmpty();
  }

  @Test
  void aServiceThatIsNotThereGotNothing() {
    ledger.down();
    assertThat(read()).isInstanceOf(UpstreamResult.NotSent.class);
    ledger.up();
    assertThat(read()).isInstanceOf(UpstreamResult.Answered.class);
  }

  @Test
  void anAnswerBeyondTheBoundLeavesTheOutcomeUnknown() {
    ledger.answers(request -> Reply.json(200, "x".repeat(1_025)));
    assertThat(read()).isInstanceOf(UpstreamResult.Unknown.class);
    ledger.answers(request -> Reply.json(200, "x".repeat(1_024)));
    assertThat(read()).isInstanceOf(UpstreamResult.Answered.class);
  }
}
