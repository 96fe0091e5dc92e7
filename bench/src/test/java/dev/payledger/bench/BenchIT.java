package dev.payledger.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.payledger.bench.Report.Counted;
import dev.payledger.testkit.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A whole run on tiny counts, so that the bench cannot rot. Its numbers mean nothing.
class BenchIT {
  private static final String PEER =
      """
      CREATE TABLE peer (id uuid PRIMARY KEY, balance bigint NOT NULL DEFAULT 0);
      CREATE TABLE moved (debit uuid, credit uuid, amount bigint);
      CREATE FUNCTION bench_open(id uuid) RETURNS void LANGUAGE sql AS
        'INSERT INTO peer (id) VALUES ($1)';
      CREATE FUNCTION bench_transfer(debit uuid, credit uuid, amount bigint) RETURNS void
        LANGUAGE sql AS 'INSERT INTO moved VALUES ($1, $2, $3)';
      CREATE FUNCTION bench_count() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM moved';
      """;

  @TempDir static Path directory;
  private static BenchOptions options;
  private static Report report;

  @BeforeAll
  static void run() throws Exception {
    Path peer = Files.writeString(directory.resolve("peer.sql"), PEER);
    options =
        new BenchOptions(
            new BenchOptions.Size(
                "smoke",
                1,
                Duration.ofMillis(150),
                Duration.ofMillis(300),
                Duration.ofMillis(150),
                Duration.ofMillis(150),
                20,
                8,
                List.of(4),
                List.of(20)),
            100,
            peer,
            Ports.free(),
            directory.resolve("work"),
            directory.resolve("latest.json"),
            directory.resolve("bench.svg"),
            "none");
    report = Bench.run(options, Clock.systemUTC());
  }

  @Test
  void everyRatioIsMeasured() {
    assertThat(report.ratios())
        .containsOnlyKeys(
            "hot_vs_uniform",
            "hot_vs_raw_hot",
            "uniform_vs_raw",
            "vs_bare_loop",
            "single_latency_vs_raw",
            "two_instances_hot_vs_one",
            "hold_then_post_vs_post",
            "rate_10m_vs_empty",
            "journal_vs_jpa",
            "hot_vs_peer",
            "uniform_vs_peer")
        .allSatisfy((_, value) -> assertThat(value).isPositive());
  }

  @Test
  void everyContendersRowsAreCounted() {
    assertThat(report.counted().stream().map(Counted::contender).distinct()).hasSize(7);
    assertThat(report.counted()).allSatisfy(row -> assertThat(row.counted()).isPositive());
  }

  @Test
  void aRowThatIsMissingFailsTheRun() {
    report.counted().add(new Counted("planted", "command", 1, 2));
    assertThatThrownBy(report::requireEverythingCounted)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("planted");
    report.counted().removeLast();
  }

  @Test
  void theServerWasDurable() {
    assertThat(report.settings())
        .containsEntry("fsync", "on")
        .containsEntry("synchronous_commit", "on")
        .containsEntry("full_page_writes", "on");
  }

  @Test
  void theProfileSeesTheJournalsStatements() {
    assertThat(report.profile().lines().stream().map(Profile.Line::statement))
        .contains("INSERT INTO outbox", "UPDATE account", "INSERT INTO account_line");
    assertThat(report.profile().commandsPerBatch()).isGreaterThanOrEqualTo(1);
  }

  @Test
  void resultsAndChartAreWritten() throws IOException {
    assertThat(Files.readString(options.results())).contains("\"hot_vs_uniform\"");
    assertThat(Files.readString(options.chart())).startsWith("<svg").contains("raw SQL (4)");
    assertThat(options.work()).doesNotExist();
  }
}
