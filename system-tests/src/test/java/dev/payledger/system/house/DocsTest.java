package dev.payledger.system.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Every file, method and link that the documents name exists.
class DocsTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final List<Path> FILES = files();
  private static final Pattern LINK = Pattern.compile("]\\((?!https?:|#)([^)#\\s]+)");
  private static final Pattern CODE =
      Pattern.compile("`([\\w./-]+\\.(?:java|sql|yml|yaml))(?:#(\\w+))?`");
  private static final Pattern TEST = Pattern.compile("`(\\w+(?:IT|Test))`");

  @Test
  void everyLinkLeadsToAFile() {
    assertThat(documents().flatMap(document -> brokenLinks(document, text(document)).stream()))
        .isEmpty();
  }

  @Test
  void everyFileAndMethodNamedExists() {
    assertThat(documents().flatMap(document -> brokenCode(text(document)).stream())).isEmpty();
  }

  @Test
  void everyTestNamedExists() {
    assertThat(documents().flatMap(document -> brokenTests(text(document)).stream())).isEmpty();
  }

  @Test
  void walkHasItsStops() {
    Matcher stops = CODE.matcher(text(ROOT.resolve("docs/walk-a-transfer.md")));
    assertThat(stops.results().count()).isGreaterThanOrEqualTo(16);
  }

  @Test
  void plantedBreaksAreSeen() {
    Path document = ROOT.resolve("docs/planted.md");
    assertThat(brokenLinks(document, "[x](nowhere.md) [y](vocabulary.md)"))
        .containsExactly("docs/planted.md → nowhere.md");
    assertThat(brokenCode("`Nowhere.java` `Journal.java#nothing` `BatchPlan.java#hold`"))
        .containsExactly("Nowhere.java", "Journal.java#nothing");
    assertThat(brokenTests("`NothingIT` `DocsTest`")).containsExactly("NothingIT");
  }

  private static List<String> brokenLinks(Path document, String text) {
    return LINK.matcher(text)
        .results()
        .map(link -> link.group(1))
        .filter(link -> !Files.exists(document.getParent().resolve(link)))
        .map(link -> ROOT.relativize(document) + " → " + link)
        .toList();
  }

  private static List<String> brokenCode(String text) {
    List<String> broken = new ArrayList<>();
    CODE.matcher(text)
        .results()
        .forEach(
            cited -> {
              List<Path> files = sources().filter(file -> file.endsWith(cited.group(1))).toList();
              boolean isFound =
                  cited.group(2) == null
                      ? !files.isEmpty()
                      : files.stream().anyMatch(file -> hasMethod(file, cited.group(2)));
              if (!isFound) {
                broken.add(cited.group(1) + (cited.group(2) == null ? "" : "#" + cited.group(2)));
              }
            });
    return broken;
  }

  private static List<String> brokenTests(String text) {
    return TEST.matcher(text)
        .results()
        .map(test -> test.group(1))
        .filter(test -> sources().noneMatch(file -> file.endsWith(test + ".java")))
        .toList();
  }

  private static boolean hasMethod(Path file, String method) {
    return Pattern.compile("(?m)^  [\\w@<].*\\b" + method + "\\(").matcher(text(file)).find();
  }

  private static Stream<Path> documents() {
    return FILES.stream().filter(file -> file.toString().endsWith(".md"));
  }

  private static Stream<Path> sources() {
    return FILES.stream().filter(file -> !file.toString().endsWith(".md"));
  }

  private static List<Path> files() {
    try (Stream<Path> files = Files.walk(ROOT)) {
      return files
          .filter(Files::isRegularFile)
          .filter(
              file -> !ROOT.relativize(file).toString().matches("(.*/)?(target|\\.git|\\.demo)/.*"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
