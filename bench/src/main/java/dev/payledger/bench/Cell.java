package dev.payledger.bench;

import dev.payledger.bench.contender.Accounts.Spread;
import dev.payledger.bench.contender.Contender.Callers;
import dev.payledger.bench.load.Sample;
import java.util.ArrayList;
import java.util.List;

/// One thing that is measured, once in each round. Its count is of callers; for raw SQL, JPA and a peer
/// their connections, for the bare loop the commands of a batch.
final class Cell {
  /// Makes ready what is measured; not part of the time.
  interface Opening {
    Callers open() throws Exception;
  }

  private final String contender;
  private final Spread spread;
  private final int count;
  private final Opening opening;
  private final List<Sample> closedLoop = new ArrayList<>();
  private final List<Sample> openLoop = new ArrayList<>();

  Cell(String contender, Spread spread, int count, Opening opening) {
    this.contender = contender;
    this.spread = spread;
    this.count = count;
    this.opening = opening;
  }

  String contender() {
    return contender;
  }

  Spread spread() {
    return spread;
  }

  int count() {
    return count;
  }

  Callers open() throws Exception {
    return opening.open();
  }

  /// In the order of the rounds.
  List<Sample> closedLoop() {
    return closedLoop;
  }

  List<Sample> openLoop() {
    return openLoop;
  }

  /// Transfers each second, the median of the rounds.
  double perSecond() {
    return median(closedLoop.stream().map(Sample::perSecond).toList());
  }

  @Override
  public String toString() {
    return "%s, %s, %d"
        .formatted(contender, spread.name().toLowerCase(java.util.Locale.ROOT), count);
  }

  static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
