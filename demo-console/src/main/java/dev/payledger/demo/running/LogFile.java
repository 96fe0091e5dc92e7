package dev.payledger.demo.running;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A log of one process; without lines when the file does not exist.
public record LogFile(Path path) {
  List<String> lines() throws IOException {
    return Files.exists(path) ? Files.readAllLines(path) : List.of();
  }

  /// The last lines.
  public List<String> tail(int count) throws IOException {
    List<String> lines = lines();
    return lines.subList(Math.max(0, lines.size() - count), lines.size());
  }
}
