package dev.payledger.bench;

import dev.payledger.bench.contender.Accounts.Spread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A bar for each contender at its best, in multiples of raw SQL on the same accounts. Rates of
/// another machine, or of another hour on this one, are not comparable; these are.
final class Chart {
  private static final int WIDTH = 860;
  private static final int LABELS = 250;
  private static final int BAR = 22;
  private static final int FOOT = 74;

  private record Bar(String label, double perSecond) {}

  private Chart() {}

  static void write(Path file, Contest contest, Report report) throws IOException {
    StringBuilder body = new StringBuilder();
    int y = 44;
    for (Spread spread : Spread.values()) {
      double unit = contest.best(Contest.RAW_SQL, spread).perSecond();
      List<Bar> bars = bars(contest, spread);
      double longest = bars.stream().mapToDouble(Bar::perSecond).max().orElse(unit);
      body.append(
          "<text x=\"16\" y=\"%d\" class=\"head\">%s</text>%n"
              .formatted(
                  y,
                  spread == Spread.HOT ? "One hot account in every transfer" : "Any two accounts"));
      y += 14;
      for (Bar bar : bars) {
        long width = Math.max(1, Math.round((WIDTH - LABELS - 90) * bar.perSecond / longest));
        body.append(
            String.format(
                Locale.ROOT,
                """
                <text x="%d" y="%d" text-anchor="end">%s</text>
                <rect x="%d" y="%d" width="%d" height="%d" class="%s"/>
                <text x="%d" y="%d">%.1f×</text>
                """,
                LABELS - 8,
                y + 15,
                bar.label,
                LABELS,
                y,
                width,
                BAR - 5,
                bar.label.startsWith("journal") ? "ours" : "other",
                LABELS + width + 6,
                y + 15,
                bar.perSecond / unit));
        y += BAR;
      }
      y += 34;
    }
    String foot =
        "%s cores (%s), %s GB, JDK %s, PostgreSQL %s; fsync %s, synchronous_commit %s, full_page_writes %s"
            .formatted(
                report.machine().get("cores"),
                report.machine().get("processor"),
                report.machine().get("memoryGb"),
                Runtime.version().feature(),
                report.settings().get("server_version"),
                report.settings().get("fsync"),
                report.settings().get("synchronous_commit"),
                report.settings().get("full_page_writes"));
    String svg =
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" font-family="sans-serif" font-size="13">
        <style>.head{font-weight:bold}.ours{fill:#2458a6}.other{fill:#9aa5b1}.foot{font-size:11px;fill:#555}</style>
        <rect width="100%%" height="100%%" fill="#fff"/>
        <text x="16" y="22" class="foot">Transfers per second in multiples of raw SQL at its best; median of %3$d rounds of one run</text>
        %4$s<text x="16" y="%5$d" class="foot">%6$s</text>
        <text x="16" y="%7$d" class="foot">bench/run --%8$s at commit %9$s</text>
        </svg>
        """
            .formatted(
                WIDTH,
                y + FOOT - 34,
                report.cells().getFirst().rounds().size(),
                body,
                y,
                foot,
                y + 18,
                report.run(),
                report.commit());
    Files.createDirectories(Objects.requireNonNull(file.toAbsolutePath().getParent()));
    Files.writeString(file, svg);
  }

  private static List<Bar> bars(Contest contest, Spread spread) {
    List<Bar> bars = new ArrayList<>();
    for (String contender :
        List.of(
            Contest.JOURNAL,
            Contest.JOURNAL_TWO_INSTANCES,
            Contest.BARE_LOOP,
            Contest.RAW_SQL,
            Contest.JPA,
            Contest.PEER)) {
      @Nullable Cell best = contest.bestOrNull(contender, spread);
      if (best != null) {
        bars.add(new Bar("%s (%d)".formatted(contender, best.count()), best.perSecond()));
      }
    }
    return bars;
  }
}
