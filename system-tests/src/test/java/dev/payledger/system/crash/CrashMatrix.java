package dev.payledger.system.crash;

import dev.payledger.failpoints.CrashPoint;
import dev.payledger.failpoints.Failpoint;
import dev.payledger.failpoints.Fault;
import dev.payledger.failpoints.Position;
import dev.payledger.system.GeneratedPages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/// The rows of the crash matrix, made from the failpoints and from nothing else, and the two files
/// that tell what became of each.
final class CrashMatrix {
  private static final JsonMapper JSON = JsonMapper.shared();

  /// What the owner of a saga, or of a key, commits under a lease: frozen in front of it or behind
  /// it, the process wakes when its lease is over.
  private static final Set<Failpoint> LEASED =
      EnumSet.of(
          Failpoint.HELD,
          Failpoint.SAGA_CLAIMED,
          Failpoint.REVIEW_DECIDED,
          Failpoint.POSTED,
          Failpoint.AUTHORIZED,
          Failpoint.EXPIRED,
          Failpoint.COMPENSATION_STARTED,
          Failpoint.VOIDED,
          Failpoint.KEY_CLAIMED,
          Failpoint.ANSWER_STORED);

  /// What the journal commits on the way of every transfer, forth and back: behind it or in front
  /// of it the ledger hears nothing more of its database.
  private static final Set<Failpoint> CUT_OFF =
      EnumSet.of(
          Failpoint.HELD, Failpoint.POSTED, Failpoint.COMPENSATION_STARTED, Failpoint.VOIDED);

  private CrashMatrix() {}

  /// What happens to the process at a point.
  enum Kind {
    /// It is gone.
    KILL(Fault.KILL),
    /// It sleeps until every lease is over.
    STOP(Fault.STOP),
    /// It stops for a moment, in which the wire to its database falls silent, for longer than it
    /// waits for an answer; then what it had sent arrives late.
    BLACKHOLE(Fault.STOP);

    private final Fault fault;

    Kind(Fault fault) {
      this.fault = fault;
    }

    Fault fault() {
      return fault;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// One kind at one point.
  record Row(CrashPoint point, Kind kind) {
    @Override
    public String toString() {
      return kind == Kind.KILL ? point.toString() : point + ":" + kind;
    }
  }

  /// What a row found at its end.
  ///
  /// @param id of the transfer, or of the account that was opened or changed
  record Found(String id, String finalState, CrashClient client) {}

  /// What became of a row.
  record Result(
      String failpoint,
      String position,
      String kind,
      long seed,
      String id,
      String clientSaw,
      String finalState,
      boolean booksRight,
      String commit) {
    /// Its row's name.
    String row() {
      return failpoint + ":" + position + (kind.equals(Kind.KILL.toString()) ? "" : ":" + kind);
    }
  }

  static List<Row> rows() {
    return Arrays.stream(Kind.values())
        .flatMap(kind -> CrashPoint.all().stream().map(point -> new Row(point, kind)))
        .filter(CrashMatrix::makesSense)
        .toList();
  }

  private static boolean makesSense(Row row) {
    boolean isSilent = row.point().position() != Position.AFTER_REPLY;
    return switch (row.kind()) {
      case KILL -> true;
      case STOP -> isSilent && LEASED.contains(row.point().failpoint());
      case BLACKHOLE -> isSilent && CUT_OFF.contains(row.point().failpoint());
    };
  }

  /// Those that the command line asks for: `-Drow=` by name (several with commas), `-Drows=third`
  /// every third one, another third for another commit; else all.
  static List<Row> asked() {
    String names = System.getProperty("row", "");
    List<Row> rows = rows();
    if (!names.isEmpty()) {
      List<String> wanted = Arrays.asList(names.split(","));
      List<Row> found = rows.stream().filter(row -> wanted.contains(row.toString())).toList();
      if (found.size() != wanted.size()) {
        throw new IllegalArgumentException("-Drow=" + names + " is not among " + rows);
      }
      return found;
    }
    return switch (System.getProperty("rows", "all")) {
      case "all" -> rows;
      case "third" -> third(Math.floorMod(GeneratedPages.commit().hashCode(), 3));
      case String other -> throw new IllegalArgumentException("-Drows=" + other + ": all or third");
    };
  }

  static List<Row> third(int turn) {
    List<Row> rows = rows();
    return IntStream.range(0, rows.size()).filter(i -> i % 3 == turn).mapToObj(rows::get).toList();
  }

  private static List<String> runs(List<Result> results) {
    Map<String, Integer> rows = new LinkedHashMap<>();
    for (Result result : results) {
      rows.merge("commit " + result.commit() + " seed " + result.seed(), 1, Integer::sum);
    }
    return rows.entrySet().stream().map(run -> run.getValue() + " at " + run.getKey()).toList();
  }

  static List<Result> read(Path folder) throws IOException {
    return Arrays.asList(
        JSON.readValue(Files.readString(folder.resolve("crash-matrix.json")), Result[].class));
  }

  /// What a run has found, in the place of what was known of those rows; each row keeps the commit
  /// that it was tried at.
  static List<Result> updated(List<Result> known, List<Result> found) {
    Map<String, Result> byRow = new HashMap<>();
    known.forEach(result -> byRow.put(result.row(), result));
    found.forEach(result -> byRow.put(result.row(), result));
    return rows().stream().map(Row::toString).filter(byRow::containsKey).map(byRow::get).toList();
  }

  static void write(Path folder, List<Result> results) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve("crash-matrix.json"),
        JSON.writerWithDefaultPrettyPrinter().writeValueAsString(results) + "\n");
    List<String> lines = new ArrayList<>();
    lines.add("# The crash matrix");
    lines.add("");
    lines.add(
        "Written by `CrashMatrixIT`; [the saga](../saga.md) says how to read it. %d rows: %s."
            .formatted(results.size(), String.join(", ", runs(results))));
    lines.add("");
    lines.add("| failpoint | position | kind | id | the client saw | final state | books |");
    lines.add("| --- | --- | --- | --- | --- | --- | --- |");
    for (Result result : results) {
      lines.add(
          "| %s | %s | %s | %s | %s | %s | %s |"
              .formatted(
                  result.failpoint(),
                  result.position(),
                  result.kind(),
                  result.id(),
                  result.clientSaw(),
                  result.finalState(),
                  result.booksRight() ? "right" : "WRONG"));
    }
    Files.writeString(folder.resolve("crash-matrix.md"), String.join("\n", lines) + "\n");
  }
}
