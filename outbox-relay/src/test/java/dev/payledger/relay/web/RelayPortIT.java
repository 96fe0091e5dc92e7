package dev.payledger.relay.web;

import dev.payledger.relay.RelayApplication;
import dev.payledger.testkit.BrokenRequests;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

/// The relay's port, without a database or Kafka.
@SpringBootTest(
    classes = RelayApplication.class,
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "management.server.port=0",
      "POSTGRES_PORT=1",
      "KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:1"
    })
class RelayPortIT {
  @LocalServerPort private int port;

  @Test
  void everyRequestIsAnsweredWithAProblem() {
    BrokenRequests.assertAnsweredWithProblems(port, "X-Anonymous: yes");
  }
}
