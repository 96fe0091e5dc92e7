package dev.payledger.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExtractedJarIT {
  @TempDir private Path directory;

  @Test
  void buildThatDiffersInContentsOnlyIsAnotherBuild() throws IOException {
    Path first = jar("first.jar", "one");
    Path second = jar("second.jar", "two");
    assertThat(Files.size(first)).isEqualTo(Files.size(second));

    assertThat(ExtractedJar.stamp(first)).isNotEqualTo(ExtractedJar.stamp(second));
    assertThat(ExtractedJar.stamp(first)).isEqualTo(ExtractedJar.stamp(jar("third.jar", "one")));
  }

  private Path jar(String name, String content) throws IOException {
    Path jar = directory.resolve(name);
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
      ZipEntry entry = new ZipEntry("a.class");
      // Reproducible builds give every entry the same time.
      entry.setTime(0);
      zip.putNextEntry(entry);
      zip.write(content.getBytes(StandardCharsets.UTF_8));
    }
    return jar;
  }
}
