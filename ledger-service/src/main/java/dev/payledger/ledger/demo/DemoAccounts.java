package dev.payledger.ledger.demo;

import dev.payledger.kit.deadline.Deadline;
import dev.payledger.ledger.account.AccountAdministration;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/// Opens the accounts of alice, bob and carol under ids that are the same on every start. They start
/// empty: money comes from `external`, by an operator's transfer like any other.
@Component
@Profile("demo")
class DemoAccounts implements ApplicationRunner {
  private static final Map<String, String> ID_PREFIXES =
      Map.of("alice", "a11ce000", "bob", "b0b00000", "carol", "ca401000");

  /// ISO 4217's numbers end the ids.
  private static final Map<String, String> CURRENCY_NUMBERS = Map.of("EUR", "978", "USD", "840");

  private final AccountAdministration administration;

  DemoAccounts(AccountAdministration administration) {
    this.administration = administration;
  }

  @Override
  public void run(ApplicationArguments arguments) {
    ID_PREFIXES.forEach(
        (owner, prefix) ->
            CURRENCY_NUMBERS.forEach(
                (currency, number) ->
                    administration.open(
                        UUID.fromString(prefix + "-0000-7000-8000-000000000" + number),
                        owner,
                        Character.toUpperCase(owner.charAt(0))
                            + owner.substring(1)
                            + " "
                            + currency,
                        currency,
                        Deadline.after(Duration.ofSeconds(10)))));
  }
}
