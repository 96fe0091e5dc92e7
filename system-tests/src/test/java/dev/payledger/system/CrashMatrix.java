package dev.payledger.system;

import dev.payledger.failpoints.CrashPoint;
import dev.payledger.failpoints.Failpoint;
import dev.payledger.failpoints.Fault;
import dev.payledger.failpoints.Position;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/// The rows of the crash matrix, made from the failpoints and from nothing else, and the two files
/// that tell what became of each.
final class CrashMatrix {
  static final Path GENERATED = Path.of("..", "docs", "generated");

  private static final JsonMapper JSON = JsonMapper.shared();

  /// What the owner of a saga, or of a key, commits under a lease: frozen in front of it or behind
  /// it, the process wakes when its lease is over.
  private static final Set<Failpoint> LEASED =
      EnumSet.of(
          Failpoint.HELD,
          Failpoint.SAGA_CLAIMED,
          Failpoint.POSTED,
          Failpoint.AUTHORIZED,
          Failpoint.EXPIRED,
          Failpoint.TURNED_BACK,
          Failpoint.VOIDED,
          Failpoint.KEY_CLAIMED,
          Failpoint.ANSWER_STORED);

  private CrashMatrix() {}

  /// One fault at one point.
  record Row(CrashPoint point, Fault fault) {
    @Override
    public String toString() {
      return fault == Fault.KILL ? point.toString() : point + ":" + fault;
    }
  }

  /// What became of a row.
  record Result(
      String failpoint,
      String position,
      String fault,
      long seed,
      String id,
      String clientSaw,
      String finalState,
      boolean booksRight,
      String commit) {
    String row() {
      return new Row(
              CrashPoint.of(failpoint + ":" + position).orElseThrow(),
              fault.equals(Fault.KILL.toString()) ? Fault.KILL : Fault.STOP)
          .toString();
    }
  }

  static List<Row> rows() {
    return Stream.concat(
            CrashPoint.all().stream().map(point -> new Row(point, Fault.KILL)),
            CrashPoint.all().stream()
                .filter(point -> LEASED.contains(point.failpoint()))
                .filter(point -> point.position() != Position.AFTER_REPLY)
                .map(point -> new Row(point, Fault.STOP)))
        .toList();
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
      case "third" -> {
        int turn = Math.floorMod(commit().hashCode(), 3);
        yield IntStream.range(0, rows.size())
            .filter(i -> i % 3 == turn)
            .mapToObj(rows::get)
            .toList();
      }
      case String other -> throw new IllegalArgumentException("-Drows=" + other + ": all or third");
    };
  }

  /// The checked-out commit, abbreviated.
  static String commit() {
    try {
      Process git =
          new ProcessBuilder("git", "rev-parse", "--short=12", "HEAD")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return said.isEmpty() ? "unknown" : said;
    } catch (IOException e) {
      return "unknown";
    }
  }

  static List<Result> read(Path folder) throws IOException {
    return Arrays.asList(
        JSON.readValue(Files.readString(folder.resolve("crash-matrix.json")), Result[].class));
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
        "Written by `CrashMatrixIT`; [the saga](../saga.md) says how to read it. %d rows, commit %s, seed %d."
            .formatted(
                results.size(),
                results.isEmpty() ? "-" : results.getFirst().commit(),
                results.isEmpty() ? 0 : results.getFirst().seed()));
    lines.add("");
    lines.add("| failpoint | position | fault | id | the client saw | final state | books |");
    lines.add("| --- | --- | --- | --- | --- | --- | --- |");
    for (Result result : results) {
      lines.add(
          "| %s | %s | %s | %s | %s | %s | %s |"
              .formatted(
                  result.failpoint(),
                  result.position(),
                  result.fault(),
                  result.id(),
                  result.clientSaw(),
                  result.finalState(),
                  result.booksRight() ? "right" : "WRONG"));
    }
    Files.writeString(folder.resolve("crash-matrix.md"), String.join("\n", lines) + "\n");
  }
}
