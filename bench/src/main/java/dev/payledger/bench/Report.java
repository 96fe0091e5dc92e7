package dev.payledger.bench;

import dev.payledger.bench.Ratios.Ratio;
import dev.payledger.bench.contender.Contender;
import dev.payledger.bench.contender.JournalContender;
import dev.payledger.bench.contender.RawSqlContender;
import dev.payledger.bench.load.Sample;
import dev.payledger.bench.server.BenchServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// What a run has found, as the file of results keeps it.
record Report(
    String run,
    String commit,
    Instant finishedAt,
    Map<String, Object> machine,
    Map<String, String> settings,
    List<Ratio> ratiosInFull,
    Map<String, @Nullable Double> ratios,
    List<Row> cells,
    List<OpenRow> openLoop,
    List<Counted> counted,
    Map<String, Map<String, Double>> meters,
    Map<String, Long> rawSqlConflicts,
    Profile profile) {

  /// @param perSecond transfers, median of the rounds
  record Row(String contender, String accounts, int count, double perSecond, List<Double> rounds) {}

  /// Microseconds from when a transfer was due until its answer, at half of the closed loop's rate.
  record OpenRow(
      String contender,
      String accounts,
      int count,
      double perSecond,
      double p50,
      double p99,
      double p999) {}

  /// What the database holds against what callers were told.
  record Counted(String contender, String rows, long counted, long acknowledged) {}

  static Report of(
      BenchOptions options, BenchServer server, Contest contest, Profile profile, Instant now)
      throws SQLException {
    List<Ratio> ratios = Ratios.of(contest);
    Map<String, @Nullable Double> named = new LinkedHashMap<>();
    ratios.forEach(ratio -> named.put(ratio.name(), rounded(ratio.value())));
    List<Row> rows = new ArrayList<>();
    List<OpenRow> open = new ArrayList<>();
    for (Cell cell : contest.cells()) {
      String accounts = cell.spread().name().toLowerCase(Locale.ROOT);
      rows.add(
          new Row(
              cell.contender(),
              accounts,
              cell.count(),
              Math.round(cell.perSecond()),
              cell.closedLoop().stream().map(s -> (double) Math.round(s.perSecond())).toList()));
      if (!cell.openLoop().isEmpty()) {
        open.add(openRow(cell, accounts));
      }
    }
    Map<String, Map<String, Double>> meters = new LinkedHashMap<>();
    Map<String, Long> conflicts = Map.of();
    for (Map.Entry<String, Contender> named1 : contest.contenders().entrySet()) {
      if (named1.getValue() instanceof JournalContender journal) {
        meters.put(named1.getKey(), journal.meters());
      } else if (named1.getValue() instanceof RawSqlContender raw) {
        conflicts = raw.conflicts();
      }
    }
    return new Report(
        options.size().name(),
        options.commit(),
        now,
        Machine.describe(),
        server.settings(),
        ratios,
        named,
        rows,
        open,
        counted(server, contest),
        meters,
        conflicts,
        profile);
  }

  /// @throws IllegalStateException when one table of one contender differs
  void requireEverythingCounted() {
    List<Counted> differing =
        counted.stream().filter(row -> row.counted() != row.acknowledged()).toList();
    if (!differing.isEmpty()) {
      throw new IllegalStateException(
          "the database does not hold what callers were told, so this run says nothing: "
              + differing);
    }
  }

  void write(Path file) throws IOException {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("run", run);
    json.put("commit", commit);
    json.put("finishedAt", finishedAt.toString());
    json.put("machine", machine);
    json.put("settings", settings);
    json.put("ratios", ratios);
    json.put("cells", cells);
    json.put("openLoopMicros", openLoop);
    json.put("counted", counted);
    json.put("journalMeters", meters);
    json.put("rawSqlConflicts", rawSqlConflicts);
    json.put("profile", profile);
    Files.createDirectories(Objects.requireNonNull(file.toAbsolutePath().getParent()));
    Files.writeString(
        file,
        JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(json)
            + "\n");
  }

  String asText() {
    StringBuilder text = new StringBuilder();
    text.append("Machine: ").append(machine).append('\n');
    text.append("Server: ").append(settings).append('\n');
    text.append(
        "\nTransfers per second, median of the rounds (a transfer is a hold and a post):\n");
    for (Row row : cells) {
      text.append(
          String.format(
              Locale.ROOT,
              "  %-24s %-8s %5d  %9.0f   %s%n",
              row.contender,
              row.accounts,
              row.count,
              row.perSecond,
              row.rounds));
    }
    text.append("\nOpen loop at half of that rate, microseconds from when a transfer was due:\n");
    for (OpenRow row : openLoop) {
      text.append(
          String.format(
              Locale.ROOT,
              "  %-24s %-8s %5d  p50 %9.0f  p99 %9.0f  p99.9 %9.0f%n",
              row.contender,
              row.accounts,
              row.count,
              row.p50,
              row.p99,
              row.p999));
    }
    text.append("\nRows counted in the database, all equal to what callers were told:\n");
    for (Counted row : counted) {
      if (!row.rows.contains(" ")) {
        text.append(
            String.format(
                Locale.ROOT, "  %-24s %-16s %10d%n", row.contender, row.rows, row.counted));
      }
    }
    text.append('\n').append(profile.asText());
    text.append("\nRatios within this run:\n");
    for (Ratio ratio : ratiosInFull) {
      text.append(
          String.format(
              Locale.ROOT,
              "  %-26s %8s   %-10s %s%n",
              ratio.name(),
              ratio.value() == null ? "-" : String.format(Locale.ROOT, "%.2f", ratio.value()),
              ratio.goal() == null ? "" : (ratio.isCeiling() ? "<= " : ">= ") + ratio.goal(),
              ratio.verdict()));
    }
    return text.toString();
  }

  private static OpenRow openRow(Cell cell, String accounts) {
    Histogram all = new Histogram(3);
    double perSecond = 0;
    for (Sample sample : cell.openLoop()) {
      all.add(sample.nanos());
      perSecond += sample.perSecond() / cell.openLoop().size();
    }
    return new OpenRow(
        cell.contender(),
        accounts,
        cell.count(),
        Math.round(perSecond),
        micros(all, 50),
        micros(all, 99),
        micros(all, 99.9));
  }

  private static double micros(Histogram nanos, double percentile) {
    return Math.round(nanos.getValueAtPercentile(percentile) / 1_000.0);
  }

  private static List<Counted> counted(BenchServer server, Contest contest) throws SQLException {
    List<Counted> counted = new ArrayList<>();
    for (Map.Entry<String, Contender> named : contest.contenders().entrySet()) {
      Contender contender = named.getValue();
      for (Map.Entry<String, Long> rows : contender.acknowledged().entrySet()) {
        counted.add(
            new Counted(
                named.getKey(),
                rows.getKey(),
                server.count(contender.database(), rows.getKey())
                    - contest.before(named.getKey(), rows.getKey()),
                rows.getValue()));
      }
    }
    return counted;
  }

  private static @Nullable Double rounded(@Nullable Double value) {
    return value == null ? null : Math.round(value * 1_000) / 1_000.0;
  }
}
