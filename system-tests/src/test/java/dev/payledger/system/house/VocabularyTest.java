package dev.payledger.system.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// No file uses a word that `docs/vocabulary.md` bans: in an identifier, a test name, a metric, a
/// setting or prose.
class VocabularyTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern ROW = Pattern.compile("(?m)^\\| ([a-z ]+) \\| [a-z, ]+ \\|$");
  private static final Pattern READ = Pattern.compile(".*\\.(?:java|md|ya?ml|sh|json)");

  /// Built, generated or history: an applied migration cannot change.
  private static final Pattern LEFT_OUT =
      Pattern.compile("(?:.*/)?(?:target|node_modules|\\.[^/]+|migration|results)/.*");

  private static final Set<Path> HISTORY =
      Set.of(Path.of("CHANGELOG.md"), Path.of("docs/vocabulary.md"));

  @Test
  void filesUseNoBannedWord() {
    List<String> banned = banned();
    assertThat(banned).hasSizeGreaterThanOrEqualTo(6);
    assertThat(files().flatMap(file -> found(banned, file.toString(), text(file)).stream()))
        .isEmpty();
  }

  @Test
  void plantedWordsAreFound() {
    List<String> banned = banned();
    assertThat(found(banned, "identifier", "int turnedAwayCount = 0;")).isNotEmpty();
    assertThat(found(banned, "test name", "void callerIsTurnedAway() {}")).isNotEmpty();
    assertThat(found(banned, "constant", "Duration TIME_LEFT")).isNotEmpty();
    assertThat(found(banned, "metric", "\"gateway.turned.away\"")).isNotEmpty();
    assertThat(found(banned, "setting", "gateway.front-door.size: 1")).isNotEmpty();
    assertThat(found(banned, "prose", "The saga is turned\n/// back.")).isNotEmpty();
    assertThat(found(banned, "standard terms", "rejected, deadline, permanently")).isEmpty();
  }

  private static List<String> banned() {
    String page = text(ROOT.resolve("docs/vocabulary.md"));
    return ROW.matcher(page.substring(page.indexOf("## Words not to use")))
        .results()
        .map(row -> row.group(1))
        .filter(word -> !word.equals("not"))
        .toList();
  }

  private static List<String> found(List<String> banned, String where, String text) {
    String words = words(text);
    return banned.stream()
        .filter(word -> words.contains(" " + word + " "))
        .map(word -> where + ": " + word)
        .toList();
  }

  /// The words of prose and of names in any case, each between two spaces.
  private static String words(String text) {
    return " "
        + text.replaceAll("(?<=[a-z0-9])(?=[A-Z])", " ")
            .toLowerCase(Locale.ROOT)
            // Other punctuation ends a phrase.
            .replaceAll("[^a-z0-9\\s_./*#-]+", " | ")
            .replaceAll("[^a-z0-9|]+", " ")
        + " ";
  }

  private static Stream<Path> files() {
    try (Stream<Path> all = Files.walk(ROOT)) {
      return all
          .filter(Files::isRegularFile)
          .filter(
              file -> {
                Path name = ROOT.relativize(file);
                return READ.matcher(name.toString()).matches()
                    && !LEFT_OUT.matcher(name.toString()).matches()
                    && !HISTORY.contains(name)
                    && !name.endsWith("VocabularyTest.java");
              })
          .toList()
          .stream();
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
