package dev.payledger.gateway.routes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;

class QueryCostTest {
  private static MockHttpServletRequest query(String name, String... values) {
    MockHttpServletRequest request = new MockHttpServletRequest();
    if (values.length > 0) {
      request.setParameter(name, values);
    }
    return request;
  }

  @ParameterizedTest
  @CsvSource({"1,1", "50,1", "51,2", "100,2", "101,3", "200,4", "201,4", "999,4"})
  void aPageCostsByItsSize(String limit, int tokens) {
    assertThat(QueryCost.PAGE.of(query("limit", limit))).isEqualTo(tokens);
  }

  @Test
  void aPageOfNoStatedSizeIsAnOrdinaryOne() {
    assertThat(QueryCost.PAGE.of(query("limit"))).isEqualTo(1);
  }

  /// The service might read 200 in some of these.
  @ParameterizedTest
  @ValueSource(
      strings = {"", "0xC8", "0310", "+200", " 200", "200.0", "-1", "0", "1000000000", "x"})
  void aSizeThatIsNoPlainNumberCostsTheMost(String limit) {
    assertThat(QueryCost.PAGE.of(query("limit", limit))).isEqualTo(4);
  }

  @Test
  void aSizeSaidTwiceCostsTheMost() {
    assertThat(QueryCost.PAGE.of(query("limit", "1", "200"))).isEqualTo(4);
  }

  @Test
  void aFullCheckCostsAHundredAndTheAuditorsFindingsOne() {
    assertThat(QueryCost.CHECKS.of(query("mode"))).isEqualTo(100);
    assertThat(QueryCost.CHECKS.of(query("mode", "FULL"))).isEqualTo(100);
    assertThat(QueryCost.CHECKS.of(query("mode", "continuous"))).isEqualTo(100);
    assertThat(QueryCost.CHECKS.of(query("mode", "CONTINUOUS", "FULL"))).isEqualTo(100);
    assertThat(QueryCost.CHECKS.of(query("mode", "CONTINUOUS"))).isEqualTo(1);
  }
}
