package dev.payledger.demo;

import java.util.ArrayList;
import java.util.List;

/// What a log has about one request: the lines that name its trace, each with what follows it up to
/// the next line that begins with a time, such as a stack trace.
final class TraceLines {
  private static final String TIME = "[0-9]{4}-[0-9]{2}-[0-9]{2}T.*";

  private TraceLines() {}

  static List<String> of(List<String> log, String traceId) {
    List<String> found = new ArrayList<>();
    boolean belongs = false;
    for (String line : log) {
      belongs = line.contains(traceId) || (belongs && !line.matches(TIME));
      if (belongs) {
        found.add(line);
      }
    }
    return found;
  }
}
