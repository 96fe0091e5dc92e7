package dev.payledger.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.gateway.GatewayUnderTest;
import dev.payledger.testkit.Postgres;
import java.net.Socket;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.scheduling.config.ScheduledTaskHolder;

class ScheduledRunsIT extends GatewayUnderTest {
  @Autowired private ThreadPoolTaskScheduler scheduler;
  @Autowired private List<ScheduledTaskHolder> holders;

  @Test
  void eachRunHasAThread() {
    assertThat(
            holders.stream()
                .map(ScheduledTaskHolder::getScheduledTasks)
                .flatMap(Collection::stream))
        .hasSizeBetween(3, scheduler.getScheduledThreadPoolExecutor().getCorePoolSize());
  }

  @Test
  void aBlockedRunDelaysNoOther() throws Exception {
    try (SmallGateway gateway =
            new SmallGateway(
                uri("/oauth2/jwks").toString(),
                ledger.url(),
                "server.tomcat.connection-timeout=2m",
                "gateway.connection.request-arrives-within=1s",
                "gateway.connection.drain-for=0s",
                "gateway.idempotency.purge-every=100ms",
                // The purge waits for as long as the lock is held.
                "spring.datasource.url=" + Postgres.address().url("gateway"));
        Connection locker = Postgres.superuser("gateway");
        Statement sql = locker.createStatement()) {
      locker.setAutoCommit(false);
      sql.execute("LOCK TABLE idempotency_key IN ACCESS EXCLUSIVE MODE");
      Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> isPurgeBlocked());
      try (Socket slow = gateway.connect()) {
        SmallGateway.send(slow, "POST /v1/transfers HTTP/1.1\r\nHost: gateway\r\n");
        assertThat(slow.getInputStream().read()).as("closed by the other run").isEqualTo(-1);
        assertThat(isPurgeBlocked()).isTrue();
      }
      locker.rollback();
    }
  }

  private static boolean isPurgeBlocked() throws SQLException {
    try (Connection connection = Postgres.superuser("gateway");
        Statement sql = connection.createStatement();
        ResultSet blocked =
            sql.executeQuery(
                """
                SELECT count(*) > 0
                  FROM pg_stat_activity
                 WHERE wait_event_type = 'Lock' AND query LIKE 'DELETE FROM idempotency_key%'
                """)) {
      return blocked.next() && blocked.getBoolean(1);
    }
  }
}
