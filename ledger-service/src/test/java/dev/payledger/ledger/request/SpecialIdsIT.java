package dev.payledger.ledger.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.ledger.LedgerUnderTest;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Special ids, such as all zeros, and one id in two places are answered like any other.
class SpecialIdsIT extends LedgerUnderTest {
  private static final List<String> SPECIAL =
      List.of(
          "00000000-0000-0000-0000-000000000000",
          "ffffffff-ffff-ffff-ffff-ffffffffffff",
          "00000000-0000-0000-8000-000000000000",
          "80000000-0000-0000-8000-000000000000",
          "80000000-0000-0000-0000-000000000000",
          "7fffffff-ffff-ffff-7fff-ffffffffffff",
          "E0000000-0000-7000-8000-000000000978");

  private static final List<String> READS =
      List.of(
          "/v1/transfers/%s",
          "/v1/transfers/%s?waitMs=1",
          "/v1/transfers/%s/timeline",
          "/v1/transfers/%s/reversals",
          "/v1/transfers?accountId=%s",
          "/v1/accounts/%s",
          "/v1/accounts/%s/balance",
          "/v1/accounts/%s/balance?asOf=2026-01-01T00:00:00Z",
          "/v1/accounts/%s/entries",
          "/v1/accounts/%s/changes");

  private static final List<String> COMMANDS =
      List.of(
          "/v1/transfers/%s/capture",
          "/v1/transfers/%s/void",
          "/v1/transfers/%s/reversals",
          "/v1/accounts/%s/freeze",
          "/v1/accounts/%s/unfreeze",
          "/v1/accounts/%s/close",
          "/v1/accounts/%s/reopen",
          "/v1/operator/parked-transfers/%s/release");

  static Stream<String> reads() {
    return SPECIAL.stream().flatMap(id -> READS.stream().map(path -> path.formatted(id)));
  }

  static Stream<String> commands() {
    return SPECIAL.stream().flatMap(id -> COMMANDS.stream().map(path -> path.formatted(id)));
  }

  @ParameterizedTest
  @MethodSource("reads")
  void readsOfSpecialIdsFindNothing(String path) {
    assertThat(get(path, alice()).status()).isEqualTo(404);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void commandsOnSpecialIdsAreRefused(String path) {
    UUID commandId = UUID.randomUUID();

    Answer answer = post(path, alice(), commandId, "{}");

    assertThat(answer.status()).as(answer.text()).isIn(403, 404, 422);
    assertThat(post(path, alice(), new UUID(0, 0), "{}").status()).isEqualTo(answer.status());
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void transfersBetweenSpecialIdsAreRefused(String debit, String credit) {
    String leg =
        "\"debitAccountId\":\"%s\",\"creditAccountId\":\"%s\",\"amountMinor\":1"
            .formatted(debit, credit);
    for (String transfer : List.of(leg, "\"legs\":[{" + leg + "},{" + leg + "}]")) {
      String body = "{" + transfer + ",\"currency\":\"EUR\"}";

      Answer single = post("/v1/transfers", alice(), UUID.randomUUID(), body);
      Answer batch =
          post(
              "/v1/transfer-batches",
              alice(),
              UUID.randomUUID(),
              "{\"items\":[" + body + "," + body + "]}");

      assertThat(single.status()).as(single.text()).isIn(404, 422);
      assertThat(batch.status()).as(batch.text()).isIn(200, 404, 422);
    }
  }

  static Stream<Arguments> pairs() {
    List<Arguments> pairs = new ArrayList<>();
    for (String id : SPECIAL) {
      pairs.add(Arguments.of(id, id));
      pairs.add(Arguments.of(SPECIAL.getFirst(), id));
    }
    return pairs.stream();
  }
}
