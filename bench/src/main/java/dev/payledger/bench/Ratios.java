package dev.payledger.bench;

import dev.payledger.bench.contender.Accounts.Spread;
import dev.payledger.bench.load.Sample;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What follows from a contest: numbers without a unit, each of two contenders that ran in the same
/// rounds. The value is the median over the rounds of the ratio within a round.
final class Ratios {
  /// @param value null when this run did not measure it
  /// @param goal what issue and plan ask for; null when they ask for nothing
  /// @param isCeiling whether smaller is better
  record Ratio(String name, @Nullable Double value, @Nullable Double goal, boolean isCeiling) {
    String verdict() {
      if (value == null) {
        return "not measured";
      }
      if (goal == null) {
        return "";
      }
      return (isCeiling ? value <= goal : value >= goal) ? "reached" : "missed";
    }
  }

  private Ratios() {}

  static List<Ratio> of(Contest contest) {
    int crowd = contest.crowd();
    Cell uniform = contest.cell(Contest.JOURNAL, Spread.UNIFORM, crowd);
    Cell hot = contest.cell(Contest.JOURNAL, Spread.HOT, crowd);
    Cell one = contest.cell(Contest.JOURNAL, Spread.UNIFORM, 1);
    Cell rawOne = contest.cell(Contest.RAW_SQL, Spread.UNIFORM, 1);
    Cell postOnly = contest.cell(Contest.JOURNAL_POST_ONLY, Spread.UNIFORM, crowd);
    Cell two = contest.cell(Contest.JOURNAL_TWO_INSTANCES, Spread.HOT, crowd);
    Cell fresh = contest.bestOrNull(Contest.JOURNAL_FRESH, Spread.UNIFORM);
    Cell grown = contest.bestOrNull(Contest.JOURNAL_GROWN, Spread.UNIFORM);
    List<Ratio> ratios = new ArrayList<>();
    ratios.add(atLeast("hot_vs_uniform", rate(hot, uniform), 0.8));
    ratios.add(
        atLeast("hot_vs_raw_hot", rate(hot, contest.best(Contest.RAW_SQL, Spread.HOT)), 20.0));
    ratios.add(
        atLeast(
            "uniform_vs_raw", rate(uniform, contest.best(Contest.RAW_SQL, Spread.UNIFORM)), 3.0));
    ratios.add(
        atLeast(
            "vs_bare_loop", rate(uniform, contest.best(Contest.BARE_LOOP, Spread.UNIFORM)), 0.6));
    ratios.add(new Ratio("single_latency_vs_raw", median50(one, rawOne), 1.5, true));
    ratios.add(atLeast("two_instances_hot_vs_one", rate(two, hot), 0.8));
    ratios.add(atLeast("hold_then_post_vs_post", rate(uniform, postOnly), null));
    ratios.add(
        atLeast(
            "rate_10m_vs_empty", grown == null || fresh == null ? null : rate(grown, fresh), 0.9));
    ratios.add(
        atLeast("journal_vs_jpa", rate(uniform, contest.best(Contest.JPA, Spread.UNIFORM)), null));
    Cell peerHot = contest.bestOrNull(Contest.PEER, Spread.HOT);
    Cell peerUniform = contest.bestOrNull(Contest.PEER, Spread.UNIFORM);
    if (peerHot != null && peerUniform != null) {
      ratios.add(atLeast("hot_vs_peer", rate(hot, peerHot), 15.0));
      ratios.add(atLeast("uniform_vs_peer", rate(uniform, peerUniform), 5.0));
    }
    return ratios;
  }

  private static Ratio atLeast(String name, @Nullable Double value, @Nullable Double goal) {
    return new Ratio(name, value, goal, false);
  }

  private static double rate(Cell one, Cell other) {
    List<Double> rounds = new ArrayList<>();
    for (int i = 0; i < one.closedLoop().size(); i++) {
      rounds.add(one.closedLoop().get(i).perSecond() / other.closedLoop().get(i).perSecond());
    }
    return Cell.median(rounds);
  }

  private static double median50(Cell one, Cell other) {
    List<Double> rounds = new ArrayList<>();
    for (int i = 0; i < one.openLoop().size(); i++) {
      rounds.add(p50(one.openLoop().get(i)) / p50(other.openLoop().get(i)));
    }
    return Cell.median(rounds);
  }

  private static double p50(Sample sample) {
    return sample.nanos().getValueAtPercentile(50);
  }
}
