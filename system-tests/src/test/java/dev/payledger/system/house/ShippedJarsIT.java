package dev.payledger.system.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;

/// What is shipped cannot crash itself: no jar of a service holds the failpoints or names them.
class ShippedJarsIT {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final String PACKAGE = "dev/payledger/failpoints";

  @Test
  void noShippedJarHoldsOrNamesAFailpoint() throws IOException {
    List<Path> jars = new ArrayList<>();
    try (Stream<Path> modules = Files.list(ROOT)) {
      for (Path target : modules.map(module -> module.resolve("target")).toList()) {
        if (Files.isDirectory(target)) {
          try (Stream<Path> files = Files.list(target)) {
            files.filter(file -> file.toString().endsWith("-exec.jar")).forEach(jars::add);
          }
        }
      }
    }
    assertThat(jars).hasSize(5);
    for (Path jar : jars) {
      assertThat(suspects(jar)).as(jar.toString()).isEmpty();
    }
  }

  @Test
  void detectsJarWithFailpoints() throws IOException {
    Path lib = ROOT.resolve("demo-console/target/lib");
    try (Stream<Path> files = Files.list(lib)) {
      Path agent =
          files
              .filter(file -> file.getFileName().toString().startsWith("failpoints-"))
              .findFirst()
              .orElseThrow();
      assertThat(suspects(agent)).contains(PACKAGE + "/FailpointAgent.class");
    }
  }

  private static List<String> suspects(Path jar) throws IOException {
    try (InputStream in = Files.newInputStream(jar)) {
      return suspects(new ZipInputStream(in));
    }
  }

  private static List<String> suspects(ZipInputStream zip) throws IOException {
    List<String> suspects = new ArrayList<>();
    for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
      String name = entry.getName();
      if (name.endsWith(".jar")) {
        suspects.addAll(suspects(new ZipInputStream(zip)));
      } else if (name.contains(PACKAGE)
          || name.contains("dev/payledger/")
              && new String(zip.readAllBytes(), StandardCharsets.ISO_8859_1).contains(PACKAGE)) {
        suspects.add(name);
      }
    }
    return suspects;
  }
}
