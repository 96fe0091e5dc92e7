package dev.payledger.stack;

import dev.payledger.stack.server.Processes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// A service's executable jar, unpacked into a thin jar beside its libraries: it starts sooner, and
/// the JVM's caches work only on plain jars. Unpacked once for each build, under
/// `target/extracted`.
record ExtractedJar(Path directory) {
  private static final Duration BOUND = Duration.ofSeconds(60);

  /// Unpacks the module's jar unless this build of it is unpacked already.
  static ExtractedJar of(Path repository, Service service) throws IOException {
    Path module = repository.resolve(service.module());
    Path jar = executable(module);
    Path parent = module.resolve("target/extracted");
    Path directory = parent.resolve(stamp(jar));
    if (!Files.exists(directory)) {
      delete(parent);
      Files.createDirectories(parent);
      Path unfinished = parent.resolve("unfinished-" + ProcessHandle.current().pid());
      unpack(jar, unfinished);
      Files.move(unfinished, directory);
    }
    return new ExtractedJar(directory);
  }

  Path jar() {
    return directory.resolve("app.jar");
  }

  /// Loaded and linked classes of exactly this build; in a folder that a new build leaves behind,
  /// since the JVM would know a changed jar only by its time, which a reproducible build keeps.
  Path cache() {
    return directory.resolve("app.jsa");
  }

  Path unfinishedCache() {
    return directory.resolve("app.jsa.unfinished");
  }

  private static Path executable(Path module) throws IOException {
    Path target = module.resolve("target");
    if (Files.isDirectory(target)) {
      try (Stream<Path> files = Files.list(target)) {
        List<Path> jars =
            files.filter(file -> file.getFileName().toString().endsWith("-exec.jar")).toList();
        if (jars.size() == 1) {
          return jars.getFirst();
        }
      }
    }
    throw new IOException(
        module.getFileName()
            + " is not built: run mvn -Dmaven.test.skip=true package in the repository");
  }

  /// From the contents: a reproducible build gives every jar the same time and often the same size.
  static String stamp(Path jar) throws IOException {
    CRC32 crc = new CRC32();
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      zip.stream()
          .sorted(Comparator.comparing(ZipEntry::getName))
          .forEach(
              entry ->
                  crc.update(
                      (entry.getName() + ':' + entry.getCrc()).getBytes(StandardCharsets.UTF_8)));
    }
    return Long.toHexString(crc.getValue());
  }

  private static void unpack(Path jar, Path destination) throws IOException {
    Process unpacking =
        new ProcessBuilder(
                Processes.java().toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Djarmode=tools",
                "-jar",
                jar.toString(),
                "extract",
                "--destination",
                destination.toString(),
                "--application-filename",
                "app.jar")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      if (!unpacking.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS) || unpacking.exitValue() != 0) {
        unpacking.destroyForcibly();
        throw new IOException(jar + " could not be unpacked into " + destination);
      }
    } catch (InterruptedException e) {
      unpacking.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while unpacking " + jar, e);
    }
  }

  private static void delete(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
