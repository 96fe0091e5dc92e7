package dev.payledger.ledger.account;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.ledger.FraudDouble.Mood;
import dev.payledger.ledger.LedgerUnderTest;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// What an account holds, beside the amounts that it is a part of.
class HoldsIT extends LedgerUnderTest {

  @Test
  void holdsAndBalanceAreReadTogether() {
    UUID a = account("alice", 10_000);
    UUID b = account("bob", 0);
    String manual = ",\"capture\":\"MANUAL\"}";
    String held =
        post("/v1/transfers", alice(), UUID.randomUUID(), body(a, b, "500").replace("}", manual))
            .json()
            .get("id")
            .asString();
    post("/v1/transfers/" + held + "/capture", bob(), UUID.randomUUID(), "{\"amountMinor\":200}");
    FRAUD.become(Mood.FAILS);
    transfer(alice(), UUID.randomUUID(), a, b, 6_000);
    FRAUD.become(Mood.APPROVES);
    transfer(alice(), UUID.randomUUID(), a, b, 7);

    JsonNode seen = get("/v1/accounts/" + a + "/holds", alice()).json();

    assertThat(seen.get("balanceMinor").asLong()).isEqualTo(9_793);
    assertThat(seen.get("heldMinor").asLong()).isEqualTo(6_300);
    assertThat(seen.get("availableMinor").asLong()).isEqualTo(3_493);
    assertThat(seen.get("version"))
        .isEqualTo(get("/v1/accounts/" + a, alice()).json().get("version"));
    assertThat(seen.get("items"))
        .extracting(hold -> hold.get("amountMinor").asLong())
        .containsExactlyInAnyOrder(300L, 6_000L);
    JsonNode first =
        get("/v1/transfers/" + seen.get("items").get(0).get("transferId").asString(), alice())
            .json();
    assertThat(seen.get("items").get(0).get("expiresAt")).isEqualTo(first.get("expiresAt"));
    assertThat(get("/v1/accounts/" + a + "/holds", bob()).status()).isEqualTo(404);
    JsonNode none = get("/v1/accounts/" + b + "/holds", bob()).json();
    assertThat(none.get("items")).as("what is to come is no hold of the payee's").isEmpty();
    assertThat(none.get("balanceMinor").asLong()).isEqualTo(207);
  }

  /// On pages of one version the holds are all that is held.
  @Test
  void holdsOfOneVersionAddUpUnderLoad() {
    UUID a = account("alice", 100_000);
    UUID b = account("bob", 0);
    CompletableFuture<Void> writer =
        CompletableFuture.runAsync(
            () -> {
              for (int i = 0; i < 40; i++) {
                String held =
                    post(
                            "/v1/transfers",
                            alice(),
                            UUID.randomUUID(),
                            body(a, b, "10").replace("}", ",\"capture\":\"MANUAL\"}"))
                        .json()
                        .get("id")
                        .asString();
                if (i % 2 == 0) {
                  post("/v1/transfers/" + held + "/void", alice(), UUID.randomUUID(), "");
                }
              }
            });
    int whole = 0;
    do {
      List<JsonNode> pages = new ArrayList<>();
      String next = "";
      while (next != null) {
        pages.add(get("/v1/accounts/" + a + "/holds?limit=7" + next, alice()).json());
        JsonNode last = pages.getLast();
        next = last.has("next") ? "&cursor=" + last.get("next").asString() : null;
      }
      if (pages.stream().map(page -> page.get("version").asLong()).distinct().count() == 1) {
        whole++;
        long heldMinor = 0;
        for (JsonNode page : pages) {
          for (JsonNode hold : page.get("items")) {
            heldMinor += hold.get("amountMinor").asLong();
          }
        }
        assertThat(heldMinor).isEqualTo(pages.getFirst().get("heldMinor").asLong());
      }
    } while (!writer.isDone());
    writer.join();
    assertThat(whole).isPositive();
  }
}
