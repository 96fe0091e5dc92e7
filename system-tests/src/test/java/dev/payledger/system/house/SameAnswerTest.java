package dev.payledger.system.house;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.system.house.DocumentedCalls.Block;
import dev.payledger.system.house.DocumentedCalls.Call;
import dev.payledger.system.house.DocumentedCalls.Page;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What `ApiDocsIT` sees and what it lets pass.
class SameAnswerTest {
  private static final String ALICE = "a11ce000-0000-7000-8000-000000000978";
  private static final String SHOWN =
      """
      HTTP/1.1 201
      Location: /v1/transfers/11111111-0000-7000-8000-000000000000

      {"id":"11111111-0000-7000-8000-000000000000","again":"11111111-0000-7000-8000-000000000000",
       "other":"22222222-0000-7000-8000-000000000000","from":"a11ce000-0000-7000-8000-000000000978",
       "at":"2026-11-24T02:35:19.173350Z","amountMinor":5,"balanceMinor":7,"is":true,"word":"AB…",
       "list":[{"a":1},…],"next":"x"}
      """;
  private static final String CAME =
      """
      {"id":"33333333-0000-7000-8000-000000000000","again":"33333333-0000-7000-8000-000000000000",
       "other":"44444444-0000-7000-8000-000000000000","from":"a11ce000-0000-7000-8000-000000000978",
       "at":"2027-01-01T00:00:00Z","amountMinor":5,"balanceMinor":9,"is":true,"word":"ABC",
       "list":[{"a":1},{"a":2}],"next":"y"}
      """;

  @Test
  void machineDependentValuesMayDiffer() {
    assertThat(faults(201, CAME)).isEmpty();
    assertThat(faults(202, CAME)).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"amountMinor\":5 | \"amountMinor\":6",
        "\"amountMinor\":5 | \"amountMinor\":\"5\"",
        "\"amountMinor\":5 | \"amountMinor\":5.0",
        "\"amountMinor\":5 | \"x\":5",
        "\"amountMinor\":5, | ",
        "\"amountMinor\":5 | \"amountMinor\":5,\"more\":1",
        "\"balanceMinor\":9 | \"balanceMinor\":\"9\"",
        "\"is\":true | \"is\":false",
        "\"word\":\"ABC\" | \"word\":\"XBC\"",
        "{\"a\":1} | {\"a\":3}",
        "[{\"a\":1},{\"a\":2}] | []",
        "\"next\":\"y\" | \"next\":null",
        "\"again\":\"3 | \"again\":\"5",
        "\"other\":\"44444444 | \"other\":\"33333333",
        "\"from\":\"a11ce000 | \"from\":\"a11ce001",
        "2027-01-01T00:00:00Z | yesterday",
      })
  void anythingElseIsSeen(String came, String instead) {
    assertThat(CAME).contains(came);
    assertThat(faults(201, CAME.replace(came, instead == null ? "" : instead))).isNotEmpty();
  }

  @Test
  void shownHeaderIsRequired() {
    Call call = new Call(0, "POST", "/v1/transfers", 201, "Server: x\n", CAME);
    assertThat(new SameAnswer(List.of(ALICE)).faults(SHOWN, call)).hasSize(1);
  }

  @Test
  void pageConsistsOfCommandsAndAnswers() {
    Page page =
        Page.of(
            """
            ```
            ./demo
            ```
            ```sh
            TOKEN=$(./demo token alice)
            ```
            ```sh
            curl -s a
            ```
            ```http
            HTTP/1.1 200
            ```
            ```
            curl -s b
            ```
            ```json
            {}
            ```
            """);
    assertThat(page.blocks())
        .containsExactly(
            new Block("TOKEN=$(./demo token alice)\n", null),
            new Block("curl -s a\n", "HTTP/1.1 200\n"),
            new Block("curl -s b\n", null));
    assertThat(page.faults(List.of())).hasSize(2);
    assertThat(
            page.faults(
                List.of(
                    new Call(1, "GET", "/a", 200, "", ""), new Call(2, "GET", "/b", 404, "", ""))))
        .hasSize(1);
  }

  private static List<String> faults(int status, String body) {
    String location = "Location: /v1/transfers/33333333-0000-7000-8000-000000000000\r\n";
    return new SameAnswer(List.of(ALICE))
        .faults(SHOWN, new Call(0, "POST", "/v1/transfers", status, location, body));
  }
}
