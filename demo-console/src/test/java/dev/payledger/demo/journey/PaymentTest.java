package dev.payledger.demo.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PaymentTest {
  @ParameterizedTest
  @CsvSource({"10, 1000", "10.5, 1050", "10.00, 1000", "0.01, 1", "0.1, 10"})
  void amountIsReadToTheCent(String text, long minor) throws Refusal {
    assertThat(Payment.minor(text)).isEqualTo(minor);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ten", "-1", "1.005", "1,00", "1e3", "99999999999999"})
  void rejectsTextThatIsNoAmount(String text) {
    assertThatThrownBy(() -> Payment.minor(text)).isInstanceOf(Refusal.class);
  }

  @Test
  void fundingHasTheSameBodyOnEveryStart() {
    DemoAccount alice = DemoAccount.ALL.getFirst();
    assertThat(
            new Payment(alice.external(), alice.id(), alice.fundedMinor(), alice.currency()).json())
        .isEqualTo(
            "{\"debitAccountId\":\"e0000000-0000-7000-8000-000000000978\","
                + "\"creditAccountId\":\"a11ce000-0000-7000-8000-000000000978\","
                + "\"amountMinor\":2000000,\"currency\":\"EUR\"}");
  }
}
