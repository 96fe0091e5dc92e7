package dev.payledger.kit.problem;

import org.jspecify.annotations.Nullable;

/// A name that the caller has sent, for the detail of a problem.
public final class Excerpt {
  private static final int CHARACTERS_MAX = 40;

  private Excerpt() {}

  /// Bounded, and printable ASCII only.
  public static String of(@Nullable String name) {
    String printable = String.valueOf(name).replaceAll("[^ -~]", "?");
    return printable.length() <= CHARACTERS_MAX
        ? printable
        : printable.substring(0, CHARACTERS_MAX) + "…";
  }
}
