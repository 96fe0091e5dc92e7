package dev.payledger.system.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.stack.Service;
import dev.payledger.system.FraudFault;
import dev.payledger.system.Stack;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What carol, or whoever it is, does to the stack while others use it.
enum Neighbour {
  LOCKED_ROW("transfers on an account whose row is locked for 25 s", 8) {
    @Override
    Act prepare() throws SQLException {
      String locked = Stack.account("carol", MONEY);
      String payee = Stack.account("carol", 0);
      Connection lock =
          superuser("SELECT 1 FROM account WHERE id = '" + locked + "' FOR UPDATE", false);
      return new Act(
          () -> Stack.transfer("carol", Stack.key(), locked, payee, 100),
          () -> {
            lock.rollback();
            lock.close();
          });
    }

    @Override
    Duration lasts() {
      return Duration.ofSeconds(25);
    }
  },

  POISONED_COMMAND("commands that a law of the database refuses", 4) {
    @Override
    Act prepare() throws SQLException {
      String from = Stack.account("carol", MONEY);
      String to = Stack.account("carol", 0);
      superuser(
              "ALTER TABLE transfer ADD CONSTRAINT planted_law CHECK (reference <> 'poison')"
                  + " NOT VALID",
              true)
          .close();
      String body = Stack.body(from, to, 100).replace("}", ",\"reference\":\"poison\"}");
      return new Act(
          () -> Stack.post("/v1/transfers", "carol", Stack.key(), body),
          () -> superuser("ALTER TABLE transfer DROP CONSTRAINT planted_law", true).close());
    }
  },

  SLOW_FRAUD("fraud screening takes 2 s, and releases are owed to it", 8) {
    @Override
    Act prepare() {
      String from = Stack.account("carol", MONEY);
      String to = Stack.account("carol", 0);
      String hold = Stack.body(from, to, 100).replace("}", ",\"capture\":\"MANUAL\"}");
      FraudFault.LATENCY.on();
      return new Act(
          () -> {
            Stack.Answer held = Stack.post("/v1/transfers", "carol", Stack.key(), hold);
            if (held.status() == 201 || held.status() == 202) {
              Stack.post("/v1/transfers/" + held.text("id") + "/void", "carol", Stack.key(), "{}");
            }
          },
          FraudFault::off);
    }

    @Override
    String whyPaymentsAreSlower() {
      return "their own screening is what is slow";
    }
  },

  FULL_CHECKS("ten full checks of the books", 10) {
    @Override
    Act prepare() {
      return new Act(() -> Stack.get("/v1/operator/checks?mode=FULL", "operator"), () -> {});
    }
  },

  WAITERS("24 callers wait for the end of a transfer", 24) {
    @Override
    Act prepare() throws SQLException {
      String from = Stack.account("carol", MONEY);
      String to = Stack.account("carol", 0);
      FraudFault.ERROR.on();
      Stack.Answer pending = Stack.transfer("carol", Stack.key(), from, to, 20_000);
      assertThat(pending.status()).isEqualTo(202);
      Connection lock =
          superuser(
              "SELECT 1 FROM saga WHERE transfer_id = '" + pending.text("id") + "' FOR UPDATE",
              false);
      FraudFault.off();
      return new Act(
          () -> Stack.get("/v1/transfers/" + pending.text("id") + "?waitMs=2000", "carol"),
          () -> {
            lock.rollback();
            lock.close();
          });
    }
  },

  GUESSES("50 guesses of a secret per second", 4) {
    @Override
    Act prepare() {
      AtomicInteger guess = new AtomicInteger();
      return new Act(() -> guess("carol", "guess-" + guess.incrementAndGet()), () -> {});
    }

    @Override
    int perSecond() {
      return 50;
    }
  },

  BATCHES("eight batches of 32 payments all of the time", 8) {
    @Override
    Act prepare() {
      String from = Stack.account("carol", MONEY);
      String to = Stack.account("carol", 0);
      String items =
          Stream.generate(() -> Stack.body(from, to, 100))
              .limit(32)
              .collect(Collectors.joining(","));
      String body = "{\"items\":[" + items + "]}";
      return new Act(
          () -> Stack.post("/v1/transfer-batches", "carol", Stack.key(), body), () -> {});
    }
  },

  HEAVY_PAGES("pages of transfers with as much metadata as there may be", 4) {
    @Override
    Act prepare() {
      String from = Stack.account("carol", MONEY);
      String to = Stack.account("carol", 0);
      String heavy = Stack.body(from, to, 1).replace("}", ",\"metadata\":" + METADATA + "}");
      for (int i = 0; i < 70; i++) {
        assertThat(Stack.settle("/v1/transfers", "carol", Stack.key(), heavy).status())
            .isEqualTo(201);
      }
      return new Act(
          () -> Stack.get("/v1/transfers?limit=200&accountId=" + from, "carol"), () -> {});
    }
  },

  CAPTURES("captures of a cent each", 8) {
    @Override
    Act prepare() {
      String from = Stack.account("carol", MONEY);
      String to = Stack.account("carol", 0);
      String hold = Stack.body(from, to, 1_000).replace("}", ",\"capture\":\"MANUAL\"}");
      AtomicReference<String> held = new AtomicReference<>("");
      return new Act(
          () -> {
            Stack.Answer captured =
                held.get().isEmpty()
                    ? null
                    : Stack.post(
                        "/v1/transfers/" + held.get() + "/capture",
                        "carol",
                        Stack.key(),
                        "{\"amountMinor\":1}");
            if (captured == null || captured.status() == 422) {
              Stack.Answer next = Stack.post("/v1/transfers", "carol", Stack.key(), hold);
              if (next.status() == 201) {
                held.set(next.text("id"));
              }
            }
          },
          () -> {});
    }
  };

  private static final long MONEY = 10_000_000;

  private static final String METADATA =
      Stream.iterate(1, n -> n + 1)
          .limit(20)
          .map(n -> "\"name %d\":\"%s\"".formatted(n, "\uD83D\uDCB6".repeat(180)))
          .collect(Collectors.joining(",", "{", "}"));

  private final String title;
  private final int callers;

  Neighbour(String title, int callers) {
    this.title = title;
    this.callers = callers;
  }

  /// One call, over and over.
  ///
  /// @param end what puts everything back
  record Act(Call call, End end) implements AutoCloseable {
    @Override
    public void close() throws SQLException {
      end.end();
    }
  }

  interface Call {
    void make();
  }

  interface End {
    void end() throws SQLException;
  }

  abstract Act prepare() throws SQLException;

  String title() {
    return title;
  }

  /// Each makes its next call when it has the answer to the last one.
  int callers() {
    return callers;
  }

  /// Calls at most: one that is refused in no time would measure how fast the gateway refuses.
  int perSecond() {
    return 100;
  }

  Duration lasts() {
    return Duration.ofSeconds(8);
  }

  /// Where it is so by nature; empty otherwise.
  String whyPaymentsAreSlower() {
    return "";
  }

  private static void guess(String client, String secret) {
    String basic =
        Base64.getEncoder()
            .encodeToString((client + ":" + secret).getBytes(StandardCharsets.UTF_8));
    URI token = Stack.stack().url(Service.GATEWAY).resolve("/oauth2/token");
    Stack.send(
        HttpRequest.newBuilder(token)
            .timeout(Duration.ofSeconds(15))
            .header("Authorization", "Basic " + basic)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString("grant_type=client_credentials")));
  }

  private static Connection superuser(String sql, boolean autoCommit) throws SQLException {
    Connection connection = Stack.stack().postgres().superuser("ledger");
    connection.setAutoCommit(autoCommit);
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
    return connection;
  }
}
