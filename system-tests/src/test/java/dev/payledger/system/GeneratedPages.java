package dev.payledger.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// The pages of `docs/generated`, which tests write, and the commit that they name.
public final class GeneratedPages {
  public static final Path FOLDER = Path.of("..", "docs", "generated");

  private GeneratedPages() {}

  /// The checked-out commit, abbreviated.
  public static String commit() {
    try {
      Process git =
          new ProcessBuilder("git", "rev-parse", "--short=12", "HEAD")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String output =
          new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return output.isEmpty() ? "unknown" : output;
    } catch (IOException e) {
      return "unknown";
    }
  }
}
