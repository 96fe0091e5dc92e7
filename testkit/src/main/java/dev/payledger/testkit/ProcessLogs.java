package dev.payledger.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// The logs of the processes that a test starts outlive its failure: they are copied to
/// `target/process-logs/`, and the last lines of each are printed. JUnit finds this extension by
/// itself; whoever starts a process says where it logs.
public final class ProcessLogs implements AfterEachCallback, AfterAllCallback {
  private static final int LINES_PRINTED = 40;
  private static final Path KEPT = Path.of("target", "process-logs");
  private static final Set<Path> WATCHED = ConcurrentHashMap.newKeySet();

  /// @param folder in which processes write files that end in `.log`, at any depth
  public static void watch(Path folder) {
    WATCHED.add(folder.toAbsolutePath().normalize());
  }

  /// Before the test's temporary folder is deleted.
  @Override
  public void afterEach(ExtensionContext context) {
    keepAfterFailure(
        context, context.getRequiredTestClass().getSimpleName() + "." + context.getDisplayName());
  }

  /// For what failed before the first test.
  @Override
  public void afterAll(ExtensionContext context) {
    keepAfterFailure(context, context.getRequiredTestClass().getSimpleName());
  }

  private static void keepAfterFailure(ExtensionContext context, String name) {
    if (context.getExecutionException().isPresent()) {
      Path target = KEPT.resolve(name.replaceAll("[^A-Za-z0-9.]+", "-"));
      WATCHED.forEach(folder -> keep(folder, target));
    }
  }

  private static void keep(Path folder, Path target) {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path log : files.filter(file -> file.toString().endsWith(".log")).toList()) {
        Path copy = target.resolve(folder.getFileName()).resolve(folder.relativize(log));
        Files.createDirectories(copy.getParent());
        Files.copy(log, copy, StandardCopyOption.REPLACE_EXISTING);
        print(copy);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void print(Path log) throws IOException {
    List<String> lines =
        new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList();
    System.out.println("--- the last lines of " + log + " (" + lines.size() + " in all)");
    lines
        .subList(Math.max(0, lines.size() - LINES_PRINTED), lines.size())
        .forEach(System.out::println);
  }
}
