package dev.payledger.system.crash;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.stack.LocalStack;
import dev.payledger.stack.Service;
import dev.payledger.stack.StackPorts;
import dev.payledger.system.crash.RandomFaults.Due;
import dev.payledger.system.crash.RandomFaults.Victim;
import dev.payledger.testkit.Seed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RandomFaultsTest {
  private static final Duration LENGTH = Duration.ofMinutes(5);

  private final RandomFaults faults = new RandomFaults();

  RandomFaultsTest() {
    LocalStack stack =
        new LocalStack(Path.of("."), Path.of("."), new StackPorts(0), progress -> {});
    for (Service service : Service.ours()) {
      Victim victim = new Victim(service.title(), stack, service);
      faults.kills(victim);
      faults.sleeps(victim);
    }
  }

  @Test
  void oneSeedIsOneSchedule() {
    assertThat(schedule(7)).isEqualTo(schedule(7)).isNotEqualTo(schedule(8));
  }

  @Test
  void eachFaultComesAboutAsOftenAsAnyOther() {
    Map<RandomFaults.Card, Long> times =
        schedule(7).stream().collect(groupingBy(Due::card, counting()));
    assertThat(times).hasSize(2 * Service.ours().size());
    assertThat(times.values()).allMatch(count -> count >= 3 && count <= 7);
  }

  @Test
  void nothingHappensToAProcessWhileSomethingDoes() {
    List<Due> schedule = schedule(7);
    for (int i = 0; i < schedule.size(); i++) {
      for (Due later : schedule.subList(i + 1, schedule.size())) {
        if (later.card().victim().equals(schedule.get(i).card().victim())) {
          assertThat(later.at()).isGreaterThan(schedule.get(i).over());
        }
      }
    }
  }

  private List<Due> schedule(long seed) {
    return faults.schedule(new Seed(seed).random(), LENGTH);
  }
}
